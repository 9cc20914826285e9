import { Html, html } from "@junoplus/quality/report/html";
import { SITE_STYLE } from "./site-style";

/** The browser asks nobody for anything: no server, no file, no network. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A whole page. Scripts are this project's own text; everything else is escaped. */
export function sitePage(title: string, body: Html, script = ""): string {
  const end = script === "" ? null : html`<script>${new Html(script.replaceAll("</", "<\\/"))}</script>\n`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${new Html(SITE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
${body}
${end}</body>
</html>
`.markup;
}
