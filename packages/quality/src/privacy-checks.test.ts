import { silverUserProfiles, tableContracts, userAnalyticsV1 } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { privacyChecks } from "./privacy-checks";

test("no column of gold, semantic and quality names a person", () => {
  const results = privacyChecks(tableContracts);
  expect(results.filter(({ status }) => status !== "PASS")).toEqual([]);
  expect(results.map(({ table }) => table)).toContain("user_health_dashboard_v1");
});

test("a direct identifier in an open dataset fails and blocks, by the column's name", () => {
  const email = silverUserProfiles.columns.filter(({ name }) => name === "email");
  expect(privacyChecks([{ ...userAnalyticsV1, columns: [...userAnalyticsV1.columns, ...email] }])).toEqual([
    {
      table: "user_analytics_v1",
      metric: "no_direct_identifier",
      category: "privacy",
      value: 1,
      threshold: 0,
      status: "FAIL",
      description: "no column is a direct identifier: email",
      blocking: true,
    },
  ]);
});

test("silver and bronze may hold them", () => {
  expect(privacyChecks([silverUserProfiles])).toEqual([]);
});
