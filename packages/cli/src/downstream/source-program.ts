import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** The sources of a repository's packages, parsed and bound; names resolve, types are not checked. */
export interface SourceProgram {
  /** Root of the repository. */
  readonly root: string;
  readonly checker: ts.TypeChecker;
  readonly files: readonly ts.SourceFile[];
}

const SCOPE = "@junoplus/";
/** Tests and what only they use read nothing in a run; validators are compiled schemas. */
const NOT_SOURCE = /\.test\.ts$|\/testing\/|\/generated\/validators\//;

const WITHOUT_COMMENTS = {
  languageVersion: ts.ScriptTarget.ES2022,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
} as const satisfies ts.CreateSourceFileOptions;

/** Reads every source below `packages/<package>/src`. Libraries stay outside: what they do is modelled by name. */
export function sourceProgram(root: string): SourceProgram {
  const packages = join(root, "packages");
  const paths = readdirSync(packages).flatMap((name) => sourcesBelow(join(packages, name, "src")));
  const known = new Set(paths);
  const host: ts.CompilerHost = {
    getSourceFile: (path) =>
      known.has(path) ? ts.createSourceFile(path, readFileSync(path, "utf8"), WITHOUT_COMMENTS) : undefined,
    fileExists: (path) => known.has(path),
    readFile: (path) => (known.has(path) ? readFileSync(path, "utf8") : undefined),
    getDefaultLibFileName: () => "lib.d.ts",
    writeFile() {},
    getCurrentDirectory: () => root,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const path = sourceOf(text, from, packages, known);
        return {
          resolvedModule: path === undefined ? undefined : { resolvedFileName: path, extension: ts.Extension.Ts },
        };
      }),
  };
  const options = { noLib: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
  const program = ts.createProgram(paths, options, host);
  return {
    root,
    checker: program.getTypeChecker(),
    files: program.getSourceFiles().filter(({ fileName }) => known.has(fileName)),
  };
}

/** Where a node stands: path from the root of the repository, line from 1. */
export function placeOf(root: string, node: ts.Node): { readonly file: string; readonly line: number } {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return { file: relative(root, source.fileName).replaceAll("\\", "/"), line: line + 1 };
}

function sourcesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith(".ts") && !NOT_SOURCE.test(path.replaceAll("\\", "/")))
    .sort();
}

function sourceOf(name: string, from: string, packages: string, known: ReadonlySet<string>): string | undefined {
  const bare = name.replace(/\.js$/, "");
  const path = bare.startsWith(".")
    ? join(dirname(from), bare)
    : bare.startsWith(SCOPE)
      ? join(packages, bare.slice(SCOPE.length).replace(/^([^/]+)\/?/, "$1/src/"))
      : undefined;
  if (path === undefined) return undefined;
  return [`${path}.ts`, join(path, "index.ts")].find((candidate) => known.has(candidate));
}
