import { type Html, html } from "./html";

/** A cell: text, or markup made elsewhere. */
export type Cell = Html | string;

/** A table of figures: the first column names the row, columns that start with `#` hold numbers. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total?: readonly Cell[];
}

/** The table as markup; on a narrow screen it scrolls inside its own frame, by keyboard too. */
export function tableMarkup({ caption, columns, rows, total }: DataTable): Html {
  const numeric = columns.map((column) => column.startsWith("#"));
  const row = (cells: readonly Cell[]) => html`<tr>${cells.map((cell, index) =>
    index === 0
      ? html`<th scope="row">${cell}</th>`
      : numeric[index]
        ? html`<td class="number">${cell}</td>`
        : html`<td>${cell}</td>`,
  )}</tr>
`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column, index) =>
    numeric[index]
      ? html`<th scope="col" class="number">${column.slice(1)}</th>`
      : html`<th scope="col">${column}</th>`,
  )}</tr></thead>
<tbody>
${rows.map(row)}</tbody>${total === undefined ? null : html`<tfoot>${row(total)}</tfoot>`}
</table></div>`;
}
