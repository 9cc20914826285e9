import { type Html, html, Html as Markup } from "./html";
import { PAGE_STYLE } from "./page-style";

/** A whole page around its sections. */
export function pageMarkup(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · JunoPlus medallion</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header><p class="brand">JunoPlus medallion</p><h1>${title}</h1></header>
<main>
${body}
</main>
<footer>
<p>Made from the warehouse’s own tables. It shows no user, no name and no value of a rejected change.</p>
</footer>
</body>
</html>
`.markup;
}
