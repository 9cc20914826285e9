import { expect, test } from "vitest";
import { volume, volumeChecks } from "./volume-checks";

test.each([
  [100, 100, 0, false, "PASS"],
  [90, 100, -0.1, false, "PASS"],
  [89, 100, -0.11, true, "WARN"],
  [150, 100, 0.5, false, "PASS"],
  [151, 100, 0.51, true, "WARN"],
  [0, 100, -1, true, "WARN"],
  [100, 0, null, null, "PASS"],
  [100, null, null, null, "PASS"],
])("%i rows after %s", (rows, previous, changePct, isAnomaly, status) => {
  const measured = volume({ table: "daily_metrics_v1", rows, previous });
  expect(measured).toEqual({ table: "daily_metrics_v1", rows, previous, changePct, isAnomaly });
  expect(volumeChecks([measured])).toMatchObject([{ value: changePct, status, category: "volume", blocking: false }]);
});

test("the check says both counts, and that the value is a fraction", () => {
  const [check] = volumeChecks([volume({ table: "daily_metrics_v1", rows: 800, previous: 1000 })]);
  expect(check).toMatchObject({ value: -0.2, threshold: -0.1 });
  expect(check?.description).toBe(
    "rows change by −10 % to +50 % from run to run (value and threshold are fractions): 800 rows after 1,000 rows",
  );
});
