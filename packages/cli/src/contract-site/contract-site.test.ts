import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { readContracts } from "@junoplus/contracts/generate/schema-file";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { fieldUses } from "../downstream/downstream";
import { contractPage } from "./contract-page";
import { contractSite } from "./contract-site";
import { indexPage, searchEntries } from "./index-pages";
import { search } from "./search";
import { type SiteContract, siteContract } from "./site-contract";

const root = join(__dirname, "../../../..");
const uses = fieldUses(root);
const folders = readContracts(join(root, "packages/contracts"));
const contracts = folders.map((contract) => siteContract(root, contract, uses));
const pages = contractSite(root, uses);
const entries = searchEntries(contracts);

function page(name: string): string {
  const text = pages.get(name);
  if (text === undefined) throw new Error(`the site has no ${name}`);
  return text;
}

function contract(title: string): SiteContract {
  const found = contracts.find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`there is no ${title}`);
  return found;
}

describe("the site", () => {
  test("has a page for every contract, with every field of it, and an index that leads there", () => {
    for (const { schema } of folders) {
      const text = page(`${schema.title}.html`);
      for (const name of Object.keys(schema.properties)) expect(text).toContain(`id="field-${name}"`);
      expect(page("index.html")).toContain(`href="${schema.title}.html"`);
    }
  });

  test("every link leads to a page and a place that are there", () => {
    let links = 0;
    for (const [name, text] of pages) {
      for (const [, href = ""] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) {
        const [file, anchor] = href.split("#");
        const target = page(file === "" || file === undefined ? name : file);
        if (anchor !== undefined) expect([name, href, target.includes(`id="${anchor}"`)]).toEqual([name, href, true]);
        links += 1;
      }
    }
    expect(links).toBeGreaterThan(500);
    for (const { link } of entries) {
      const [file = "", anchor] = link.split("#");
      if (anchor !== undefined) expect(page(file)).toContain(`id="${anchor}"`);
    }
  });

  test("asks for nothing beyond itself, and tells the browser to refuse it", () => {
    for (const text of pages.values()) {
      expect(text).toContain("default-src &#39;none&#39;");
      expect(text).not.toMatch(/\bsrc=|url\((?!#)|@import|<link|<iframe|<img|fetch\(|XMLHttpRequest|import\(/);
      for (const [, href = ""] of text.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^[\w.]*(#[\w.-]+)?$/);
    }
  });

  test("marks what names a person", () => {
    const row = /<tr id="field-email">.*?<\/tr>/s.exec(page("silver_user_profiles.html"))?.[0];
    expect(row).toContain('class="tag direct_identifier"');
    expect(page("user_analytics_v1.html")).not.toContain('class="tag direct_identifier"');
  });

  test("says of a column what it is made from, who reads it, and which checks guard it", () => {
    const text = page("silver_therapy_sessions.html");
    const row = /<tr id="field-pain_before">.*?<\/tr>/s.exec(text)?.[0] ?? "";
    expect(row).toContain('href="bronze_therapy_sessions.html#field-feedback.painLevelBefore"');
    expect(row).toContain('href="ml_training_base_v2.html#field-pain_before"');
    expect(text).toContain("<code>silver_therapy_sessions.reduction_follows_scores</code>");
  });

  test("draws every table that is made of another, with an arrow from what it is made of", () => {
    const text = page("lineage.html");
    expect(text).toContain('data-from="bronze_user_health" data-to="silver_user_profiles"');
    expect(text).toContain('data-from="user_analytics_v1" data-to="user_health_dashboard_v1"');
    expect(text).not.toContain('data-from="silver_medications" data-to="user_analytics_v1"');
  });

  test("is the same each time", () => {
    expect(contractSite(root, uses)).toEqual(pages);
  });
});

describe("words of a contract", () => {
  const base = contract("silver_medications");
  const anyWords = fc.oneof(
    fc.string(),
    fc.constantFrom("</script><script>alert(1)</script>", '"><img src=x>', "<!--", "&amp;"),
  );

  test("stay words on its page, whatever they are", () => {
    const plain = contractPage({ ...base, description: "" });
    fc.assert(
      fc.property(anyWords, anyWords, (description, name) => {
        const text = contractPage({ ...base, description, examples: [{ name, text: description }] });
        const tags = contractPage({ ...base, description: "", examples: [{ name: "", text: "" }] });
        expect(text.split("<").length).toBe(tags.split("<").length);
        expect(text.split('"').length).toBe(tags.split('"').length);
      }),
    );
    expect(plain).toContain("<h1>silver_medications</h1>");
  });

  test("stay words in the search index, and come out of it as they were", () => {
    fc.assert(
      fc.property(anyWords, (description) => {
        const text = indexPage([{ ...base, description }]);
        const json = /<script id="entries" type="application\/json">([^<]*)<\/script>/.exec(text)?.[1] ?? "";
        const [first] = JSON.parse(json) as readonly { readonly words: string }[];
        expect(first?.words).toBe(description);
      }),
    );
  });
});

describe("the search", () => {
  test("finds every field by its name and by its table", () => {
    for (const entry of entries) {
      const found = search(entries, `${entry.field} ${entry.table}`, entries.length);
      expect(found).toContain(entry);
    }
  });

  test("finds by a word of the description, names first", () => {
    expect(search(entries, "cycle_length", 5)[0]?.field).toBe("cycle_length");
    const found = search(entries, "serial", 30).map(({ table, field }) => `${table}.${field}`);
    expect(found).toContain("silver_therapy_sessions.device_id");
    expect(search(entries, "no such word anywhere", 30)).toEqual([]);
    expect(search(entries, "  ", 30)).toEqual([]);
  });
});

/** Chromium, or Chrome, which is the same here: GitHub's runners have that one. */
const BROWSER = ["chromium", "google-chrome"]
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

describe.skipIf(BROWSER === undefined)("in a browser, from files", () => {
  const folder = mkdtempSync(join(tmpdir(), "contract-site-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);

  /** The page after its own script has run. */
  function opened(address: string): string {
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${join(folder, "profile")}`,
      "--dump-dom",
    ];
    return execFileSync(BROWSER ?? "", [...flags, `file://${folder}/${address}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 100_000,
    });
  }

  test("the index searches by name and by a word of a description", () => {
    const byName = opened("index.html#q=flow_intensity");
    expect(byName).toContain('<a href="silver_period_tracking.html#field-flow_intensity"><strong>flow_intensity in');
    expect(opened("index.html#q=serial%20device")).toContain('href="silver_therapy_sessions.html#field-device_id"');
    expect(opened("index.html#q=zzzz")).toContain("Nothing found.");
  });
});
