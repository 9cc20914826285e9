import { expect, test } from "vitest";
import { changelogDataset } from "./changelog-tables";

test.each([
  ["bigquery:my-project.firestore_export", { project: "my-project", dataset: "firestore_export", location: null }],
  ["bigquery:my-project.logs/europe-west1", { project: "my-project", dataset: "logs", location: "europe-west1" }],
  ["bigquery:example.com:my-project.logs/EU", { project: "example.com:my-project", dataset: "logs", location: "EU" }],
])("%s is a dataset", (text, dataset) => {
  expect(changelogDataset(text)).toEqual(dataset);
});

test.each([
  "bigquery:",
  "bigquery:my-project",
  "bigquery:.logs",
  "bigquery:p1.logs.table",
  "bigquery:p1.lo`gs",
  "changelog/",
])("%s is none", (text) => {
  expect(changelogDataset(text)).toBeNull();
});
