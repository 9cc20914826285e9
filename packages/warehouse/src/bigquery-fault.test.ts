import { describe, expect, test } from "vitest";
import { bigQueryFault } from "./bigquery-fault";

describe("a value that BigQuery quotes is withheld, and the kind of the fault is told", () => {
  test.each([
    ["Query error: Bad int64 value: secret at [3:1]", "Query error: Bad int64 value"],
    ['Failed to parse input string "secret"', "Failed to parse"],
    ["Query error: Failed to convert secret to INT64 at [1:8]", "Query error: Failed to convert"],
    ['Query error: Could not cast literal "secret" to type DATE at [1:1]', "Query error: Could not cast"],
    ["Query error: Division by zero: secret / 0 at [1:1]", "Query error: Division by zero"],
    ["division by zero: secret / 0", "division by zero"],
    ["Query error: Invalid timestamp: 'secret' at [1:1]", "Query error: Invalid timestamp:"],
    ["Invalid date value: secret", "Invalid date value:"],
    ["Bad bool value: secret", "Bad bool value"],
    ["Error while reading data, error message: secret", "Error while reading data"],
  ])("%s", (message, kind) => {
    const { fault } = bigQueryFault(Object.assign(new Error(message), { errors: [{ reason: "invalidQuery" }] }));
    expect(fault).toBe(`${kind} (the rest of its text is withheld, it quotes values)`);
  });

  test("what quotes no value is told whole", () => {
    const message = "Query error: Unrecognized name: score at [1:8]";
    expect(bigQueryFault(new Error(message)).fault).toBe(message);
  });
});
