import type { TableContract } from "@junoplus/contracts";
import type { Warehouse } from "../warehouse";
import { column, contractOf, things } from "./contracts";
import { shard } from "./shards";

const noted = { ...things, version: "1.1.0", columns: [...things.columns, column("note", "STRING")] };
const tagged = { ...noted, version: "1.2.0", columns: [...noted.columns, column("tags", "STRING", "REPEATED")] };
const relaxed = contractOf({ version: "1.3.0", columns: [column("id", "STRING"), ...tagged.columns.slice(1)] });
const thingsView = contractOf({
  table: "things_view",
  dataset: "semantic",
  layer: "semantic",
  kind: "view",
  view: { from: things.table },
  columns: [column("id", "STRING", "REQUIRED"), { ...column("twice", "INT64"), sql: "value * 2" }],
});

/** One change to a warehouse, and the contract that its table follows afterwards. */
export interface Step {
  readonly name: string;
  readonly contract: TableContract;
  readonly take: (warehouse: Warehouse, folder: string) => Promise<unknown>;
}

/** What a warehouse goes through, every kind of statement that changes its catalog once. */
export const STEPS: readonly Step[] = [
  ensuring("creating a table and a view", things, thingsView),
  staging("staging", things),
  publishing("publishing", things),
  ensuring("adding a column", noted, thingsView),
  ensuring("adding an array", tagged),
  ensuring("relaxing a column", relaxed, { ...thingsView, description: "Told otherwise." }),
  staging("staging again", relaxed),
  publishing("publishing again", relaxed),
];

/** The rows that are staged. */
export const ROWS = Array.from({ length: 3000 }, (_, value) => ({ id: `thing-${value}`, value }));

function ensuring(name: string, ...contracts: [TableContract, ...TableContract[]]): Step {
  return { name, contract: contracts[0], take: (warehouse) => warehouse.ensure(contracts) };
}

function staging(name: string, contract: TableContract): Step {
  return {
    name,
    contract,
    take: (warehouse, folder) => warehouse.stage("r1", contract, [shard(folder, rowsOf(contract))]),
  };
}

function publishing(name: string, contract: TableContract): Step {
  return { name, contract, take: (warehouse) => warehouse.publish("r1", [contract]) };
}

function rowsOf(contract: TableContract): readonly object[] {
  return contract.columns.length === 2 ? ROWS : ROWS.map((row) => ({ ...row, note: "n", tags: [] }));
}
