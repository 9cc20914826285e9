import { expect, test } from "vitest";
import { CREDENTIALS_NOT_FOUND, CREDENTIALS_REFUSED, needsRole, switchOn } from "./google-access";

test.each([
  ["Could not load the default credentials. Browse to https://cloud.google.com/docs", CREDENTIALS_NOT_FOUND],
  ["Unable to read the credential file specified by the GOOGLE_APPLICATION_CREDENTIALS", CREDENTIALS_NOT_FOUND],
  ["The file at /home/a/key.json does not exist, or it is not a file.", CREDENTIALS_NOT_FOUND],
  ["The incoming JSON object does not contain a client_email field", CREDENTIALS_NOT_FOUND],
  ["invalid_grant", CREDENTIALS_REFUSED],
  ["reauth related error (invalid_rapt)", CREDENTIALS_REFUSED],
  ["No refresh token is set.", CREDENTIALS_REFUSED],
  ["Access token has expired", CREDENTIALS_REFUSED],
])("%s: is a fault of credentials, and of one kind", (message, words) => {
  const kinds = [CREDENTIALS_NOT_FOUND, CREDENTIALS_REFUSED].filter((each) => each.test(message));
  expect(kinds).toEqual([words]);
});

test("a missing role, and a project without credentials to look at, are no faults of credentials", () => {
  for (const message of ["Access Denied: Table p1:a.b", "Quota exceeded for tokens", "Not found: Dataset p1:a"]) {
    expect([CREDENTIALS_NOT_FOUND.test(message), CREDENTIALS_REFUSED.test(message)]).toEqual([false, false]);
  }
});

test("a cure names what to run or to give", () => {
  expect(switchOn("bigquery", "bigquerystorage")).toBe(
    "Run `gcloud services enable bigquery.googleapis.com bigquerystorage.googleapis.com`, wait a minute, and run again.",
  );
  expect(needsRole("BigQuery Job User", "roles/bigquery.jobUser", "project")).toBe(
    "The account needs BigQuery Job User (roles/bigquery.jobUser) on the project.",
  );
});
