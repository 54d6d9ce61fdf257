/** A plot on the page: drawn inline, with its caption and links to its files. */
import type { Plot } from '../plots/chart.js';
import { type Content, Html, html } from './html.js';
import { withPageColours } from './style.js';

/** Puts a plot on the page; `wide`: alone, its caption next to it. */
export type Draw = (plot: Plot, caption: Content, layout?: 'wide') => Html;

/**
 * @param svgs the drawn plots by name.
 * @param folder of the plots' files, as a link from the page.
 */
export function drawer(svgs: ReadonlyMap<string, string>, folder: string): Draw {
  return (plot, caption, layout) => {
    const svg = new Html(withPageColours(svgs.get(plot.name) ?? ''));
    const link = (extension: string) =>
      html`<a href="${folder}/${encodeURIComponent(plot.name)}.${extension}">${extension.toUpperCase()}</a>`;
    return html`<figure${layout ? html` class="${layout}"` : ''}><div class="plot">${svg}</div><figcaption>${caption} <span class="files">${link('svg')} ${link('png')}</span></figcaption></figure>
`;
  };
}
