/** The shell of a page: one file that needs nothing else and asks the network for nothing. */
import { type Content, Html, html } from './html.js';
import { script } from './script.js';
import { style } from './style.js';

/** A section of the page; its title is a heading and an entry of the contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** The text of the page. */
export function documentOf(
  title: string,
  head: Content,
  sections: readonly Section[],
  foot: Content,
): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
${head}
<nav aria-label="Contents"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title: name, body }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${name}</h2>\n${body}</section>\n`)}
</main>
<footer>${foot}</footer>
<div id="tip" role="status"></div>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

/** A boxed list of what a reader must know first. */
export function notes(title: string, items: readonly Content[]): Html {
  if (items.length === 0) return html``;
  return html`<div class="notes" role="note"><strong>${title}</strong><ul>${items.map((item) => html`<li>${item}</li>`)}</ul></div>\n`;
}

/** Large figures with their names. */
export function cards(items: readonly (readonly [name: string, value: string, more?: string])[]): Html {
  return html`<dl class="cards">${items.map(([name, value, more]) => html`<div><dt>${name}</dt><dd>${value}${more && html`<small>${more}</small>`}</dd></div>`)}</dl>\n`;
}
