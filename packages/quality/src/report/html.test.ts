import { expect, test } from "vitest";
import { html } from "./html";

test("values are escaped, markup is not", () => {
  const cell = html`<td title="${"\"&'"}">${"<script>"}</td>`;
  expect(html`<tr>${[cell, 3, null]}</tr>`.markup).toBe('<tr><td title="&quot;&amp;&#39;">&lt;script&gt;</td>3</tr>');
});
