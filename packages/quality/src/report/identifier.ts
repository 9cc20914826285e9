import { Html, html } from "./html";

/** A name of the warehouse or of a document's field, breakable where a reader would break it. */
export function identifier(name: string): Html {
  const parts = name.split(/(?<=[_.])|(?=\/)/).map((part) => html`${part}`.markup);
  return new Html(parts.join("<wbr>"));
}
