import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktn/hcl2json";

/** What stands between the braces of a block; a nested block is a list of them. Expressions are text in `${…}`. */
export type Body = Readonly<Record<string, unknown>>;

/** A block with a type and a name, such as `resource "google_service_account" "job"`. */
export interface Named {
  /** For example `google_service_account.job`. */
  readonly address: string;
  readonly body: Body;
}

/** The `.tf` files of one directory, parsed and not evaluated. */
export interface TerraformModule {
  readonly locals: Body;
  readonly variables: Readonly<Record<string, Body>>;
  readonly outputs: Readonly<Record<string, Body>>;
  readonly resources: readonly Named[];
  readonly data: readonly Named[];
  readonly modules: Readonly<Record<string, Body>>;
}

type Blocks = Readonly<Record<string, readonly Body[]>>;
type File = Readonly<{
  locals?: readonly Body[];
  variable?: Blocks;
  output?: Blocks;
  resource?: Readonly<Record<string, Blocks>>;
  data?: Readonly<Record<string, Blocks>>;
  module?: Blocks;
}>;

/** Parses every `.tf` file of a directory. Throws with file and line where one is no HCL. */
export async function terraformModule(directory: string): Promise<TerraformModule> {
  const names = readdirSync(directory).filter((name) => name.endsWith(".tf"));
  const files = await Promise.all(
    names.map(async (name) => (await parse(name, readFileSync(join(directory, name), "utf8"))) as File),
  );
  return {
    locals: Object.assign({}, ...files.flatMap(({ locals = [] }) => locals)) as Body,
    variables: single(files.map(({ variable }) => variable)),
    outputs: single(files.map(({ output }) => output)),
    resources: named(files.map(({ resource }) => resource)),
    data: named(files.map(({ data }) => data)),
    modules: single(files.map(({ module }) => module)),
  };
}

/** Every text in a body, however deep. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function single(files: readonly (Blocks | undefined)[]): Readonly<Record<string, Body>> {
  return Object.fromEntries(
    files.flatMap((blocks = {}) => Object.entries(blocks).map(([name, bodies]) => [name, bodies[0] ?? {}])),
  );
}

function named(files: readonly (Readonly<Record<string, Blocks>> | undefined)[]): readonly Named[] {
  return files.flatMap((types = {}) =>
    Object.entries(types).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([name, bodies]) => ({ address: `${type}.${name}`, body: bodies[0] ?? {} })),
    ),
  );
}
