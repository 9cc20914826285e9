import { expect, test } from "vitest";
import { identifier } from "./identifier";

test.each([
  ["silver_user_profiles", "silver_<wbr>user_<wbr>profiles"],
  ["/days/*/flow_intensity", "/days<wbr>/*<wbr>/flow_<wbr>intensity"],
  ["a_<b>", "a_<wbr>&lt;b&gt;"],
])("%s may break at %s", (name, markup) => {
  expect(identifier(name).markup).toBe(markup);
});
