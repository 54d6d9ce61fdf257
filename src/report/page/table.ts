/** Tables, whose columns sort when their heads are pressed. */
import { type Content, type Html, html } from './html.js';

export interface Column {
  readonly title: Content;
  /** Numbers stand at the right and sort by their values. */
  readonly numeric?: boolean;
  /** Cells that say nothing in order: links. */
  readonly unsorted?: boolean;
}

/** A cell; `value` is what it sorts by, its text where that is left out. */
export type Cell = string | { readonly content: Content; readonly value?: number | string };

/** A table that can be sorted. @param caption read by screen readers. */
export function sortableTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Html {
  const heads = columns.map(({ title, numeric, unsorted }) =>
    unsorted
      ? html`<th scope="col">${title}</th>`
      : html`<th scope="col" aria-sort="none"${numeric ? html` class="number"` : ''}><button type="button">${title}</button></th>`,
  );
  const body = rows.map((row) => html`<tr>${row.map((cell, i) => cellOf(cell, columns[i]))}</tr>\n`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="sortable"><caption>${caption}. <span class="hint">Press a heading to sort.</span></caption><thead><tr>${heads}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

function cellOf(cell: Cell, column: Column | undefined): Html {
  const { content, value } = typeof cell === 'string' ? { content: cell, value: undefined } : cell;
  const sortBy = value === undefined ? '' : html` data-value="${value}"`;
  return html`<td${column?.numeric ? html` class="number"` : ''}${sortBy}>${content}</td>`;
}

/** A small table of names and what they are. */
export function facts(rows: readonly (readonly [name: string, content: Content])[]): Html {
  return html`<table class="facts"><tbody>${rows.map(([name, content]) => html`<tr><th scope="row">${name}</th><td>${content}</td></tr>`)}</tbody></table>`;
}
