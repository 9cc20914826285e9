import { expect, test } from "vitest";
import { VERSIONED_CONTRACT } from "../testing/built-contracts";
import { render } from "./render";

test("versions that judge alike share one validator; the newest one's is the contract's own", async () => {
  const files = await render(VERSIONED_CONTRACT);
  const validators = [...files.keys()].filter((path) => path.startsWith("src/generated/validators/"));
  // 1.0.1 changes words only.
  expect(validators.map((path) => path.replace("src/generated/validators/", "")).sort()).toEqual([
    "bronze-check-ins-1-0-0.ts",
    "bronze-check-ins-1-1-0.ts",
    "bronze-check-ins-2-0-0.ts",
    "bronze-check-ins-3-0-0.ts",
    "bronze-check-ins.ts",
  ]);
});

test("each older major has a type of its own, that of its last version", async () => {
  const source = (await render(VERSIONED_CONTRACT)).get("src/generated/bronze-check-ins.ts") ?? "";
  const types = [...source.matchAll(/^export interface (\w+)/gm)].map(([, name]) => name);
  expect(types).toEqual(["BronzeCheckIns", "BronzeCheckInsV1", "BronzeCheckInsV2"]);
  expect(source.slice(source.indexOf("BronzeCheckInsV1"), source.indexOf("BronzeCheckInsV2"))).toContain(
    "mood?: string",
  );
});
