import { difference, fromTo, type Rule } from "./rule";

/** Which contract it is: another table or another dialect is never the same contract. The version is not part of it. */
export const identityRule: Rule = {
  name: "identity",
  keywords: ["$id", "$schema", "title"],
  differences: (before, after, place) => {
    const changes = [
      { kind: "contract_moved", keyword: "$id", old: withoutVersion(before["$id"]), now: withoutVersion(after["$id"]) },
      { kind: "dialect_changed", keyword: "$schema", old: before["$schema"], now: after["$schema"] },
      { kind: "table_renamed", keyword: "title", old: before["title"], now: after["title"] },
    ] as const;
    return changes
      .filter(({ old, now }) => old !== now)
      .map(({ kind, keyword, old, now }) => {
        const message = `${keyword} changes from ${fromTo(old, now)}. Keep it, or add a contract beside this one.`;
        return difference(kind, `${place.pointer}/${keyword}`, message, "breaks", "breaks");
      });
  },
};

function withoutVersion(id: unknown): unknown {
  return typeof id === "string" ? id.replace(/:\d+\.\d+\.\d+$/, "") : id;
}
