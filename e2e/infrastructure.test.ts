import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { runs, tableContracts } from "@junoplus/contracts";
import { datasetName } from "@junoplus/warehouse";
import { describe, expect, test } from "vitest";
import { markdownRows } from "./testing/markdown-table";
import { terraformModule, textsIn } from "./testing/terraform-module";

const root = join(__dirname, "..");

describe("infra", async () => {
  const infra = await terraformModule(join(root, "infra"));
  const example = await terraformModule(join(root, "infra/examples/one-project"));
  const documentation = readFileSync(join(root, "docs/gcp.md"), "utf8");
  const fromContracts = JSON.parse(readFileSync(join(root, "infra/generated/contracts.json"), "utf8")) as {
    readonly datasets: Readonly<Record<string, { readonly suffix: string; readonly classification: string }>>;
  };

  type RolesByJob = Readonly<Record<string, string>>;
  const local = <T>(name: string): T => {
    expect(infra.locals, `infra has no local ${name}`).toHaveProperty(name);
    return infra.locals[name] as T;
  };
  const jobs = Object.keys(local<object>("job_purposes"));
  const projectRoles = local<Readonly<Record<string, readonly string[]>>>("project_roles");
  const datasetRoles = local<Readonly<Record<string, RolesByJob>>>("dataset_roles");
  const everyText = textsIn(infra);
  const roleNames = (text: string): readonly string[] => text.match(/\broles\/[A-Za-z]+\.[A-Za-z.]+[A-Za-z]/g) ?? [];
  const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort();

  describe("datasets", () => {
    const layers = sorted(tableContracts.map(({ dataset }) => dataset));

    test("each one that contracts write to is there, under the name that the warehouse gives it", () => {
      const names = Object.entries(fromContracts.datasets).map(([layer, { suffix }]) => `${layer}: p${suffix}`);
      expect(sorted(names)).toEqual(layers.map((layer) => `${layer}: ${datasetName("p", layer as never)}`));
    });

    test("staging is where the warehouse stages", () => {
      expect(local<string>("datasets")).toContain(`id = "\${var.prefix}${datasetName("", "staging")}"`);
    });

    test("each is described", () => {
      expect(sorted(Object.keys(local<object>("descriptions")))).toEqual(sorted([...layers, "staging"]));
    });

    test("each is as sensitive as its most sensitive column", () => {
      const order = ["internal", "health", "direct_identifier"];
      for (const [layer, { classification }] of Object.entries(fromContracts.datasets)) {
        const columns = tableContracts.filter(({ dataset }) => dataset === layer).flatMap(({ columns }) => columns);
        const ranks = columns.map((column) => order.indexOf(column.classification));
        expect(classification, layer).toBe(order[Math.max(...ranks)]);
      }
    });

    test("tables are not Terraform's", () => {
      expect(infra.resources.filter(({ address }) => /^google_bigquery_(table|routine|job)\./.test(address))).toEqual(
        [],
      );
    });
  });

  describe("least privilege", () => {
    test("no role is a basic one, and none administers", () => {
      const roles = everyText.flatMap((text) => [
        ...(text.match(/roles\/(owner|editor|viewer)\b/g) ?? []),
        ...roleNames(text),
      ]);
      expect(roles.length).toBeGreaterThan(10);
      expect(roles.filter((role) => /^roles\/(owner|editor|viewer)$|[aA]dmin$/.test(role))).toEqual([]);
    });

    test("the public is let in nowhere", () => {
      expect(
        textsIn([infra.resources, infra.locals]).filter((text) => /all(Authenticated)?Users|domain:/.test(text)),
      ).toEqual([]);
    });

    test("nothing on the whole project opens data", () => {
      const onProject = [
        ...Object.values(projectRoles).flat(),
        ...Object.values(local<RolesByJob>("changelog_session_roles")),
      ];
      expect(sorted(onProject)).toEqual(["roles/bigquery.jobUser", "roles/bigquery.readSessionUser"]);
      const grants = infra.resources.filter(({ address }) => address.startsWith("google_project_iam_"));
      expect(grants.map(({ address }) => address).sort()).toEqual([
        "google_project_iam_custom_role.column_tagger",
        "google_project_iam_member.firestore",
        "google_project_iam_member.job",
      ]);
      // What is granted is what the tables above say, and the one role that opens data is bound to one database.
      const tagger = grants.find(({ address }) => address.endsWith(".column_tagger"))?.body["permissions"];
      expect(tagger).toEqual(["bigquery.tables.setCategory", "datacatalog.taxonomies.get"]);
      const body = (address: string) => grants.find((grant) => grant.address === address)?.body;
      expect(body("google_project_iam_member.job")).toMatchObject({ role: `\${each.value.role}` });
      expect(textsIn(body("google_project_iam_member.job"))).toContainEqual(
        expect.stringContaining("local.project_grants"),
      );
      expect(body("google_project_iam_member.firestore")).toMatchObject({
        condition: [{ expression: expect.stringContaining(`/databases/\${var.firestore.database}`) }],
      });
    });

    test("only the run may write", () => {
      const mayWrite = Object.entries(datasetRoles).flatMap(([job, roles]) =>
        Object.values(roles).some((role) => role !== "roles/bigquery.dataViewer") ? [job] : [],
      );
      expect(mayWrite).toEqual(["run"]);
      expect(sorted(Object.values(local<RolesByJob>("changelog_dataset_roles")))).toEqual([
        "roles/bigquery.dataViewer",
      ]);
    });

    test("there are no keys", () => {
      expect(infra.resources.filter(({ address }) => address.startsWith("google_service_account_key"))).toEqual([]);
    });

    test("what is staged in a bucket is closed, and goes", () => {
      expect(infra.resources.find(({ address }) => address === "google_storage_bucket.shards")?.body).toMatchObject({
        uniform_bucket_level_access: true,
        public_access_prevention: "enforced",
        lifecycle_rule: expect.arrayContaining([expect.objectContaining({ action: [{ type: "Delete" }] })]),
        soft_delete_policy: [{ retention_duration_seconds: 0 }],
      });
    });
  });

  describe("jobs", () => {
    test("each has its roles, and no role belongs to a job that is none", () => {
      expect(Object.keys(projectRoles).sort()).toEqual([...jobs].sort());
      expect(Object.keys(datasetRoles).sort()).toEqual([...jobs].sort());
      const others = ["changelog_session_roles", "changelog_dataset_roles", "firestore_roles", "bucket_roles"];
      const named = [
        ...others.flatMap((name) => Object.keys(local<object>(name))),
        ...local<readonly string[]>("tag_jobs"),
        ...local<readonly string[]>("internal_tag_jobs"),
      ];
      expect(named.filter((job) => !jobs.includes(job))).toEqual([]);
    });

    test("each that reads tables may read their tagged columns, and only internal ones where it reads no others", () => {
      const mostSensitive = (roles: RolesByJob): readonly string[] =>
        Object.keys(roles).flatMap((layer) => fromContracts.datasets[layer]?.classification ?? []);
      const readers = Object.entries(datasetRoles).filter(([, roles]) => mostSensitive(roles).length > 0);
      const [internal, others] = [true, false].map((isInternal) =>
        readers
          .filter(([, roles]) => mostSensitive(roles).every((level) => level === "internal") === isInternal)
          .map(([job]) => job),
      );
      expect(sorted(local<readonly string[]>("internal_tag_jobs"))).toEqual(sorted(internal ?? []));
      expect(sorted(local<readonly string[]>("tag_jobs"))).toEqual(sorted(others ?? []));
      const grants = local<string>("tag_grants");
      expect(grants).toContain("for job in local.tag_jobs :");
      expect(grants).toMatch(/for job in local\.internal_tag_jobs : [^\n]* if classification == "internal" &&/);
    });

    test("a dataset that a job has a role on is there", () => {
      const layers = [...Object.keys(fromContracts.datasets), "staging"];
      const granted = Object.values(datasetRoles).flatMap((roles) => Object.keys(roles));
      expect(granted.filter((layer) => !layers.includes(layer))).toEqual([]);
      expect(sorted(Object.keys(datasetRoles["run"] ?? {}))).toEqual(sorted(layers));
    });

    test("a service account that is referred to is there", () => {
      const referred = everyText.flatMap((text) =>
        [...text.matchAll(/google_service_account\.job\["(\w+)"\]|local\.job_members\.(\w+)/g)].map(
          ([, a, b]) => a ?? b ?? "",
        ),
      );
      expect(referred.length).toBeGreaterThan(3);
      expect(referred.filter((job) => !jobs.includes(job))).toEqual([]);
    });
  });

  describe("documentation", () => {
    const rows = markdownRows(documentation, "job").flatMap(({ job, role, on = "" }) => {
      const places = /^(bronze|silver|gold|semantic|quality|state|staging)\b/.test(on) ? on.split(", ") : [on];
      return places.map((place) => `${job} ${role} ${place}`);
    });

    test("the roles of jobs are those of the module, in both directions", () => {
      const placed = (name: string, place: string) =>
        Object.entries(local<RolesByJob>(name)).map(([job, role]) => `${job} ${role} ${place}`);
      const granted = [
        ...Object.entries(projectRoles).flatMap(([job, roles]) => roles.map((role) => `${job} ${role} project`)),
        ...Object.entries(datasetRoles).flatMap(([job, roles]) =>
          Object.entries(roles).map(([layer, role]) => `${job} ${role} ${layer}`),
        ),
        ...placed("changelog_session_roles", "project, where there is a change log"),
        ...placed("changelog_dataset_roles", "change log"),
        ...placed("firestore_roles", "Firestore, one database"),
        ...placed("bucket_roles", "shard bucket"),
      ];
      expect([...rows].sort()).toEqual([...granted].sort());
    });

    test("each row says why, and what fails without it", () => {
      const silent = markdownRows(documentation, "job").filter((row) => !row["why"] || !row["fails without it"]);
      expect(silent).toEqual([]);
    });

    test("the roles of other principals are those of the module, in both directions", () => {
      const byJob = new Set([...Object.values(projectRoles).flat(), ...rows.map((row) => row.split(" ")[1] ?? "")]);
      const documented = markdownRows(documentation, "resource");
      const addresses = infra.resources.map(({ address }) => address);
      expect(documented.filter(({ resource = "" }) => !addresses.includes(resource))).toEqual([]);
      const others = documented.map(({ role = "" }) => role);
      const literal = textsIn(infra.resources.map(({ body }) => body["role"])).flatMap(roleNames);
      const inPolicies = roleNames(local<string>("dataset_grants"));
      expect(sorted(others)).toEqual(sorted([...literal, ...inPolicies]));
      expect(sorted(everyText.flatMap(roleNames))).toEqual(sorted([...others, ...byJob]));
    });
  });

  describe("the module", () => {
    test("every variable has a type and a description, and every output a description", () => {
      const silent = [
        ...Object.entries(infra.variables).filter(([, body]) => !body["type"] || !body["description"]),
        ...Object.entries(infra.outputs).filter(([, body]) => !body["description"]),
      ];
      expect(Object.keys(infra.variables).length).toBeGreaterThan(5);
      expect(silent.map(([name]) => name)).toEqual([]);
    });

    test("what an expression refers to is there", () => {
      const known = new Set([
        ...Object.keys(infra.locals).map((name) => `local.${name}`),
        ...Object.keys(infra.variables).map((name) => `var.${name}`),
        ...infra.resources.map(({ address }) => address),
        ...infra.data.map(({ address }) => `data.${address}`),
      ]);
      // Names of things, not the names of Google's own services in texts.
      const reference = /(?<![\w.-])(?:local|var|data\.\w+|google_\w+)\.[a-z]\w*/g;
      const referred = everyText.filter((text) => text.includes("${")).flatMap((text) => text.match(reference) ?? []);
      expect(referred.length).toBeGreaterThan(50);
      expect(sorted(referred).filter((name) => !known.has(name))).toEqual([]);
    });

    test("every variable is used", () => {
      const text = textsIn([infra.locals, infra.resources, infra.data]).join("\n");
      expect(Object.keys(infra.variables).filter((name) => !new RegExp(`var\\.${name}\\b`).test(text))).toEqual([]);
    });

    test("the example gives what has to be given, and nothing that is no variable", () => {
      const given = Object.keys(example.modules["medallion"] ?? {}).filter((name) => name !== "source");
      const needed = Object.entries(infra.variables).flatMap(([name, body]) => ("default" in body ? [] : [name]));
      expect(given.filter((name) => !(name in infra.variables))).toEqual([]);
      expect(needed.filter((name) => !given.includes(name))).toEqual([]);
    });
  });

  describe("the watch", () => {
    const queries = local<Readonly<Record<string, { readonly query: string }>>>("watch_queries");

    /** Whether the assertion of a query holds on a ledger: the query itself, in DuckDB, with its names filled in. */
    async function holds(
      query: string,
      ledger: readonly (readonly [status: string, hoursAgo: number])[],
    ): Promise<boolean> {
      const asserted = /^ASSERT (.*) AS '[^']+'$/s.exec(query.trim())?.[1];
      if (asserted === undefined) throw new Error(`the query is no assertion: ${query}`);
      const condition = asserted
        .replaceAll(`\${local.ledger}`, runs.table)
        .replaceAll(`\${local.publish_within_hours}`, "26");
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run("CREATE MACRO TIMESTAMP_SUB(instant, span) AS CAST(instant AS TIMESTAMP) - span");
      const columns = runs.columns.map(({ name, type }) => `${name} ${TYPES[type] ?? type}`);
      await connection.run(`CREATE TABLE ${runs.table} (${columns.join(", ")})`);
      for (const [status, hoursAgo] of ledger) {
        await connection.run(
          `INSERT INTO ${runs.table} (status, checked_at) VALUES ('${status}', CAST(now() AS TIMESTAMP) - INTERVAL ${hoursAgo} HOUR)`,
        );
      }
      const [row] = (await connection.runAndReadAll(`SELECT ${condition} AS holds`)).getRowObjects();
      connection.closeSync();
      return row?.["holds"] === true;
    }

    const TYPES: Readonly<Record<string, string>> = { STRING: "VARCHAR", INT64: "BIGINT" };

    test.each([
      ["before the first run", [], false, true],
      ["after a run that published", [["published", 1]], true, true],
      [
        "after a run that failed",
        [
          ["failed", 1],
          ["published", 25],
        ],
        true,
        false,
      ],
      [
        "when runs fail for longer",
        [
          ["failed", 1],
          ["failed", 25],
          ["published", 49],
        ],
        false,
        false,
      ],
      [
        "when a failure is mended",
        [
          ["published", 1],
          ["failed", 2],
        ],
        true,
        true,
      ],
      ["when no run comes any more", [["published", 27]], false, true],
    ] as const)("%s", async (_case, ledger, fresh, succeeded) => {
      expect(await holds(queries["stale"]?.query ?? "", ledger)).toBe(fresh);
      expect(await holds(queries["failed"]?.query ?? "", ledger)).toBe(succeeded);
    });

    test("each look at the ledger filters by its partition, which is never NULL", () => {
      expect(runs.partition?.column).toBe("checked_at");
      expect(runs.columns.find(({ name }) => name === "checked_at")?.mode).toBe("REQUIRED");
      for (const { query } of Object.values(queries)) {
        const looks = query.split(`FROM \${local.ledger}`).slice(1);
        expect(looks.length).toBeGreaterThan(0);
        for (const look of looks) expect(look).toMatch(/^\s+WHERE checked_at (>|IS NOT NULL)/);
      }
    });

    test("it looks for words that a ledger has, in the table that it is", () => {
      const words = runs.columns.find(({ name }) => name === "status")?.allowed;
      const asked = Object.values(queries).flatMap(({ query }) =>
        [...query.matchAll(/status = '(\w+)'/g)].map(([, word]) => word),
      );
      expect(sorted(asked as string[])).toEqual(sorted(words ?? []));
      expect(local<string>("ledger")).toMatch(new RegExp(`datasets\\.${runs.dataset}\\.id\\}\\.${runs.table}\`$`));
    });
  });
});
