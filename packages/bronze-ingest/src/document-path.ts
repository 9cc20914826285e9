const RESOURCE_NAME = /^projects\/[^/]+\/databases\/[^/]+\/documents\//;

/** The wildcards of a document's path by name. */
export type PathParams = Readonly<Record<string, string>>;

/** A template taken apart once: it is asked for every change. */
interface Template {
  readonly segments: readonly string[];
  readonly fits: RegExp;
}

const templates = new Map<string, Template>();

function templateOf(text: string): Template {
  const known = templates.get(text);
  if (known !== undefined) return known;
  const segments = text.split("/");
  const pattern = segments.map((segment) => (isWildcard(segment) ? "[^/]+" : literal(segment))).join("/");
  const template = { segments, fits: new RegExp(`^${pattern}$`) };
  templates.set(text, template);
  return template;
}

function isWildcard(segment: string): boolean {
  return segment.startsWith("{");
}

/** The path that a document name (`projects/…/documents/{path}` or `{path}`) ends in. */
export function canonicalPath(documentName: string): string {
  return documentName.startsWith("projects/") ? documentName.replace(RESOURCE_NAME, "") : documentName;
}

/** The canonical path of a document name, null when it is no document of the collection. */
export function documentPath(template: string, documentName: string): string | null {
  const path = canonicalPath(documentName);
  return templateOf(template).fits.test(path) ? path : null;
}

/** A text as a pattern that matches it alone. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The values of a template's wildcards in a canonical path: the path, not path_params, is what counts. */
export function pathParams(template: string, path: string): PathParams {
  const found = path.split("/");
  const params: Record<string, string> = {};
  templateOf(template).segments.forEach((segment, i) => {
    if (isWildcard(segment)) params[segment.slice(1, -1)] = found[i] ?? "";
  });
  return params;
}
