import type { CheckStatus } from "../check-result";
import { type Html, html } from "./html";

const SIGNS: Readonly<Record<CheckStatus, string>> = { PASS: "✓", WARN: "▲", FAIL: "✗" };

/** A status as sign, word and colour, so that none of them stands alone. */
export function statusMark(status: CheckStatus): Html {
  const sign = html`<span aria-hidden="true">${SIGNS[status]}</span>`;
  return html`<span class="status ${status.toLowerCase()}">${sign} ${status}</span>`;
}
