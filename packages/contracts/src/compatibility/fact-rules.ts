import type { Difference, DifferenceKind, Verdict } from "./difference";
import { difference, fromTo, type Rule } from "./rule";
import { beyond, listOf, pointerBelow, same, schemaOf } from "./schema";

const NEW_TABLE = "Make a new table beside the old one, or raise the major version.";

/** What a table's block and a change log's block say beside the schema. */
export const factRules: readonly Rule[] = [
  fact("key", "warehouse", ["key"], "key_changed", "breaks", NEW_TABLE),
  fact("partition", "warehouse", ["partition"], "partition_changed", "breaks", NEW_TABLE),
  partitionFilterRule(),
  partitionExpirationRule(),
  fact(
    "cluster",
    "warehouse",
    ["cluster"],
    "cluster_changed",
    "holds",
    "Rows that are there are sorted anew only by a rebuild.",
  ),
  fact(
    "write",
    "warehouse",
    ["write"],
    "write_changed",
    "breaks",
    "History is kept or lost by this: raise the major version.",
  ),
  fact("dataset", "warehouse", ["dataset"], "dataset_changed", "breaks", NEW_TABLE),
  fact(
    "kind",
    "warehouse",
    ["kind"],
    "table_kind_changed",
    "breaks",
    "A table and a view cannot replace each other: choose another name.",
  ),
  fact(
    "freshness",
    "warehouse",
    ["freshness"],
    "freshness_changed",
    "holds",
    "Freshness is measured on another column.",
  ),
  fact(
    "view",
    "warehouse",
    ["from", "query"],
    "view_changed",
    "holds",
    "The columns keep their types; see that they keep their meaning.",
  ),
  fact(
    "prefix",
    "changelog",
    ["prefix"],
    "prefix_changed",
    "breaks",
    "This is another change log: add a contract for it.",
  ),
  fact(
    "path",
    "changelog",
    ["path"],
    "path_changed",
    "breaks",
    "Documents are known by their path: raise the major version.",
  ),
  fact(
    "missing",
    "changelog",
    ["missing"],
    "missing_changed",
    "holds",
    "Rejected changes are counted under another reason.",
  ),
  versionFieldRule(),
  entriesRule(),
];

function fact(
  name: string,
  block: "warehouse" | "changelog",
  keywords: readonly string[],
  kind: DifferenceKind,
  verdict: Verdict,
  cure: string,
): Rule {
  return {
    name,
    keywords: keywords.map((keyword) => `${block}.${keyword}`),
    differences: (before, after) => {
      const [old, now] = [schemaOf(before[block]), schemaOf(after[block])];
      return keywords
        .filter((keyword) => !same(old[keyword], now[keyword]))
        .map((keyword) => {
          const message = `${keyword} changes from ${fromTo(old[keyword], now[keyword])}. ${cure}`;
          return difference(kind, pointerBelow("", block, keyword), message, verdict, verdict);
        });
    },
  };
}

/** A filter that becomes mandatory refuses queries that ran; the rows stay what they were. */
function partitionFilterRule(): Rule {
  return optionRule("partition filter", "requirePartitionFilter", (_old, now, pointer) => {
    if (now === undefined) {
      const message = "Queries of the table need no filter by its partition any more: they may read all of it.";
      return difference("partition_filter_dropped", pointer, message, "holds", "holds");
    }
    const message = `BigQuery refuses every query of the table that has no filter by its partition. ${NEW_TABLE}`;
    return difference("partition_filter_required", pointer, message, "holds", "breaks");
  });
}

/** A shorter expiration drops rows that older versions promised to keep; a longer one keeps more of them. */
function partitionExpirationRule(): Rule {
  const keyword = "partitionExpirationDays";
  return optionRule("partition expiration", keyword, (old, now, pointer) => {
    const change = `${keyword} changes from ${fromTo(old, now)}`;
    if (keepsLonger(old, now)) {
      const message = `${change}: rows stay longer. See that this is what those whom they are about were told.`;
      return difference("partition_expiration_lengthened", pointer, message, "holds", "holds");
    }
    const message = `${change}: rows that readers find today are dropped, and not to be had back. ${NEW_TABLE}`;
    return difference("partition_expiration_shortened", pointer, message, "breaks", "breaks");
  });
}

/** One keyword of the warehouse's block, whose change means one thing or another by what it was and is. */
function optionRule(
  name: string,
  keyword: string,
  changed: (old: unknown, now: unknown, pointer: string) => Difference,
): Rule {
  return {
    name,
    keywords: [`warehouse.${keyword}`],
    differences: (before, after) => {
      const [old, now] = [schemaOf(before["warehouse"])[keyword], schemaOf(after["warehouse"])[keyword]];
      return same(old, now) ? [] : [changed(old, now, pointerBelow("", "warehouse", keyword))];
    },
  };
}

function keepsLonger(old: unknown, now: unknown): boolean {
  return now === undefined || (typeof old === "number" && typeof now === "number" && now > old);
}

/** Where documents claim their version: a field that comes may have been there unnamed, as something that is no version. */
function versionFieldRule(): Rule {
  return {
    name: "version field",
    keywords: ["changelog.versionField", "changelog.unversioned"],
    differences: (before, after) => {
      const [old, now] = [schemaOf(before["changelog"]), schemaOf(after["changelog"])];
      const pointer = pointerBelow("", "changelog", "versionField");
      const field = now["versionField"];
      if (same(old["versionField"], field) && same(old["unversioned"], now["unversioned"])) return [];
      if (old["versionField"] === undefined) {
        const others =
          now["unversioned"] === undefined ? "are read by the newest version" : `are of major ${now["unversioned"]}`;
        const message = `Documents claim their version in ${field}; those that claim none ${others}. See what is stored there before merging.`;
        return [difference("version_field_added", pointer, message, "assumes", "holds")];
      }
      const message = `Which version reads a document changes from ${fromTo(old["versionField"], field)}, and without a claim from ${fromTo(old["unversioned"], now["unversioned"])}. Leave it, or raise the major version.`;
      return [difference("version_field_changed", pointer, message, "breaks", "breaks")];
    },
  };
}

/** Arrays whose entries are rejected alone: one more spares documents, one fewer rejects whole ones. */
function entriesRule(): Rule {
  return {
    name: "entries",
    keywords: ["changelog.entries"],
    differences: (before, after) => {
      const [old, now] = [before, after].map((schema) => listOf(schemaOf(schema["changelog"])["entries"]));
      const [lost, gained] = [beyond(old ?? [], now ?? []), beyond(now ?? [], old ?? [])];
      const pointer = "/changelog/entries";
      return [
        ...(gained.length === 0
          ? []
          : [
              difference(
                "entries_added",
                pointer,
                `Bad entries of ${gained.join(", ")} are rejected alone now; their document stays.`,
                "holds",
                "breaks",
              ),
            ]),
        ...(lost.length === 0
          ? []
          : [
              difference(
                "entries_removed",
                pointer,
                `A bad entry of ${lost.join(", ")} rejects its whole document now. Keep it, or raise the major version.`,
                "breaks",
                "holds",
              ),
            ]),
      ];
    },
  };
}
