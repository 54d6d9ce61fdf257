/** The page's style sheet: system fonts, light and dark, and print. */
import { type Role, palette } from '../plots/theme.js';

const roles = Object.entries(palette) as [Role, readonly [string, string]][];

/** The custom properties that hold the plots' colours. */
const variables = (dark: 0 | 1): string =>
  roles.map(([role, colours]) => `--${role}:${colours[dark]}`).join(';');

/** An SVG's text with its colours exchanged for the page's custom properties, in the page's font. */
export function withPageColours(svg: string): string {
  const plain = svg.replaceAll(/ font-family="[^"]*"/g, '');
  return roles.reduce((text, [role, [light]]) => text.replaceAll(`"${light}"`, `"var(--${role})"`), plain);
}

export const style = `
:root{color-scheme:light dark;${variables(0)};--soft:#f5f7f9}
@media screen and (prefers-color-scheme:dark){:root{${variables(1)};--soft:#1d2329}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main,header,footer{max-width:1192px;margin:0 auto;padding:0 24px}
header{padding-top:48px}
h1{font-size:2.1rem;line-height:1.2;margin:0 0 8px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.4rem;margin:64px 0 8px;letter-spacing:-.01em}
h3{font-size:1.05rem;margin:32px 0 8px}
p{max-width:46rem;margin:8px 0 16px}
.lead{font-size:1.15rem;max-width:52rem}
.muted,figcaption,caption,footer{color:var(--muted)}
a{color:var(--front)}
a:focus-visible,button:focus-visible,svg:focus-visible,[tabindex]:focus-visible,summary:focus-visible{outline:2px solid var(--front);outline-offset:2px;border-radius:4px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin:24px 0 0;padding:12px 0;border-top:1px solid var(--grid);border-bottom:1px solid var(--grid)}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));gap:16px;margin:28px 0 0}
.cards div{background:var(--soft);border-radius:10px;padding:14px 18px 16px}
.cards dt{color:var(--muted);font-size:.86rem}
.cards dd{margin:0;font-size:1.5rem;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.cards small{display:block;font-size:.86rem;font-weight:400;letter-spacing:0;color:var(--muted)}
.notes{background:var(--soft);border-left:4px solid var(--reference);border-radius:4px;padding:12px 20px;margin:28px 0 0}
.notes ul{margin:4px 0;padding-left:20px}
figure{margin:24px 0;min-width:0}
figcaption{font-size:.92rem;max-width:46rem;padding:4px 0 0 16px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:0 24px}
.wide{display:grid;grid-template-columns:minmax(0,760px) minmax(0,1fr);gap:8px 32px;align-items:start}
.wide figcaption{padding:64px 0 0}
@media (max-width:1000px){.wide{display:block}.wide figcaption{padding:4px 0 0 16px}}
.plot{overflow-x:auto}
.plot svg{display:block;width:100%;height:auto;min-width:440px}
.plot .current{stroke:var(--ink);stroke-width:2.5px;opacity:1}
.files{white-space:nowrap}
.files a{font-size:.8rem;padding-right:6px}
.scroll{overflow-x:auto;margin:16px 0}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:.86rem;padding:0 0 6px}
th,td{text-align:left;vertical-align:top;padding:7px 14px 7px 0;border-bottom:1px solid var(--grid)}
thead th{vertical-align:bottom;border-bottom:1px solid var(--faint);white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap}
tbody tr:hover{background:var(--soft)}
td small{display:block;color:var(--muted);font-size:.82em;white-space:nowrap}
.facts td{overflow-wrap:anywhere}
.facts th{color:var(--muted);font-weight:400;white-space:nowrap;padding-right:24px}
@media (max-width:640px){.facts tr{display:block;padding:6px 0;border-bottom:1px solid var(--grid)}.facts th,.facts td{display:block;border:0;padding:0;white-space:normal}}
th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
th[aria-sort] button::after{content:"\\2195";color:var(--faint);padding-left:4px}
th[aria-sort=ascending] button::after{content:"\\2191";color:var(--ink)}
th[aria-sort=descending] button::after{content:"\\2193";color:var(--ink)}
code,pre{font:.88em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.blocks{display:block;min-width:12rem;max-width:24rem}
pre{background:var(--soft);border-radius:8px;padding:14px 18px;overflow-x:auto;max-width:100%}
pre.wrap{white-space:pre-wrap;overflow-wrap:anywhere}
summary{cursor:pointer;padding:6px 0}
footer{margin-top:80px;padding-top:20px;padding-bottom:48px;font-size:.86rem}
#tip{position:fixed;z-index:9;max-width:320px;pointer-events:none;background:var(--ink);color:var(--paper);border-radius:8px;padding:9px 13px;font-size:.85rem;line-height:1.45;box-shadow:0 4px 18px rgb(0 0 0/.25)}
#tip:empty{display:none}
#tip b{display:block}
@media print{
.files{display:none}
@page{margin:14mm}
html{font-size:9.5pt}
body{font-size:1rem}
main,header,footer{max-width:none;padding:0}
header{padding-top:0}
nav,#tip,.hint,th button::after,details:not([open]){display:none!important}
h2{margin-top:28px;break-after:avoid}h3{break-after:avoid}
figure,.cards,.notes,tr{break-inside:avoid}
figure{margin:4mm 0}
th button{display:contents}
caption,thead,tbody tr:first-child{break-after:avoid}
.cards div,.notes,pre{border:1px solid var(--grid)}
.plot,.scroll{overflow:visible}
.plot svg{min-width:0}
.pair{display:block}.pair .plot{max-width:116mm}
.wide{display:block}.wide figcaption{padding:4px 0 0 16px}
table{font-size:8pt}th,td{padding:3px 8px 3px 0}.blocks{min-width:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:7.5pt}
}
`;
