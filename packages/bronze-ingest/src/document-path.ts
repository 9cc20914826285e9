const RESOURCE_NAME = /^projects\/[^/]+\/databases\/[^/]+\/documents\//;

/** The wildcards of a document's path by name. */
export type PathParams = Readonly<Record<string, string>>;

const segmentsOfTemplate = new Map<string, readonly string[]>();

function templateSegments(template: string): readonly string[] {
  const known = segmentsOfTemplate.get(template);
  if (known !== undefined) return known;
  const segments = template.split("/");
  segmentsOfTemplate.set(template, segments);
  return segments;
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
  const expected = templateSegments(template);
  const found = path.split("/");
  if (found.length !== expected.length) return null;
  const fits = expected.every((segment, i) => (isWildcard(segment) ? found[i] !== "" : found[i] === segment));
  return fits ? path : null;
}

/** The values of a template's wildcards in a canonical path: the path, not path_params, is what counts. */
export function pathParams(template: string, path: string): PathParams {
  const found = path.split("/");
  const params: Record<string, string> = {};
  templateSegments(template).forEach((segment, i) => {
    if (isWildcard(segment)) params[segment.slice(1, -1)] = found[i] ?? "";
  });
  return params;
}
