/** The report that puts several runs side by side. */
import { formatDuration, formatInteger, formatPercent } from '../../base/index.js';
import type { FrontFigure } from '../figures.js';
import { type Spread, bySampler } from '../model/by-sampler.js';
import type { Comparison, ComparedRun } from '../model/compare.js';
import { accuracyText, deployText, searchSeconds } from '../model/describe.js';
import { metricOfName } from '../model/metrics.js';
import { valueOf } from '../model/run.js';
import type { Plot } from '../plots/chart.js';
import { documentOf, notes } from './document.js';
import type { Draw } from './figure.js';
import { type LinkTo, frontPlots, frontTable } from './front.js';
import { type Content, type Html, html } from './html.js';
import { foot } from './run-page.js';
import { type Cell, sortableTable } from './table.js';

interface Figures {
  readonly fronts: readonly FrontFigure[];
  readonly growth: Plot;
}

/** The page's text. */
export function comparisonPage(comparison: Comparison, figures: Figures, draw: Draw, link: LinkTo): string {
  const { runs, warnings } = comparison;
  const names = runs.map(({ run }) => run.view.name);
  const best = runs.reduce((a, b) => (b.hypervolume > a.hypervolume ? b : a));
  const missing = runs.flatMap(({ run }) => run.notes.map((note) => `${run.view.name}: ${note}`));
  const head = html`<h1>${names.slice(0, -1).join(', ')} and ${names.at(-1)}</h1>
<p class="lead">${names.length} runs side by side. ${best.hypervolume > 0 ? `${best.run.view.name} has the ${names.length > 2 ? 'largest' : 'larger'} hypervolume, ${best.hypervolume.toFixed(3)}.` : 'None has a finished trial.'}</p>
${notes('Before you compare', [...warnings, ...missing])}`;
  return documentOf(
    `${names.join(', ')}: comparison of runs`,
    head,
    [
      { id: 'runs', title: 'The runs', body: [runsTable(runs), samplersTable(runs)] },
      {
        id: 'fronts',
        title: 'Their fronts',
        body: [
          html`<p>Each line is the front of the two metrics of its plot alone.</p>`,
          frontPlots(figures.fronts, draw, true),
        ],
      },
      {
        id: 'growth',
        title: 'Hypervolume',
        body: draw(
          figures.growth,
          'All runs are measured from one reference point and by the same scales, so the lines compare.',
          'wide',
        ),
      },
      { id: 'coverage', title: 'Which front covers which', body: coverageTables(runs) },
      {
        id: 'networks',
        title: 'The networks',
        body: frontTable(
          runs.map(({ run }) => run),
          link,
        ),
      },
    ],
    foot,
  );
}

function runsTable(runs: readonly ComparedRun[]): Html {
  const rows = runs.map(({ run, hypervolume }): Cell[] => {
    const { view, front, complete, quality } = run;
    const metric = metricOfName(quality.name);
    const best = front[0] ? valueOf(front[0].row, quality.name) : undefined;
    const seconds = searchSeconds(view);
    return [
      view.name,
      { content: hypervolume.toFixed(4), value: hypervolume },
      best === undefined ? { content: '', value: '' } : { content: metric.format(best), value: best },
      { content: front.length, value: front.length },
      { content: formatInteger(complete.length), value: complete.length },
      { content: formatDuration(seconds), value: seconds },
      String(view.config.seed),
      view.manifest.space.name,
      accuracyText(view),
      deployText(view),
    ];
  });
  return sortableTable(
    'The runs',
    [
      { title: 'Run' },
      { title: 'Hypervolume', numeric: true },
      { title: 'Best', numeric: true },
      { title: 'On the front', numeric: true },
      { title: 'Finished', numeric: true },
      { title: 'Time', numeric: true },
      { title: 'Seed' },
      { title: 'Space' },
      { title: 'Accuracy is' },
      { title: 'Priced at' },
    ],
    rows,
  );
}

/** Mean and deviation by sampler, where one has several runs. */
function samplersTable(runs: readonly ComparedRun[]): Content {
  const groups = bySampler(runs);
  if (groups.length === runs.length) return '';
  const format = metricOfName(runs[0]?.run.quality.name ?? 'accuracy').format;
  const cell = (spread: Spread | undefined, text: (value: number) => string): Cell =>
    spread === undefined
      ? { content: '', value: '' }
      : {
          content:
            spread.deviation === undefined
              ? text(spread.mean)
              : `${text(spread.mean)} ± ${text(spread.deviation)}`,
          value: spread.mean,
        };
  return html`<h3>By sampler</h3>
<p>Mean and standard deviation over the runs of each sampler: a difference much smaller than the deviations may be chance.</p>
${sortableTable(
  'By sampler',
  [
    { title: 'Sampler' },
    { title: 'Runs', numeric: true },
    { title: 'Seeds' },
    { title: 'Hypervolume', numeric: true },
    { title: 'Best', numeric: true },
  ],
  groups.map(({ sampler, seeds, hypervolume, best }) => [
    sampler,
    { content: seeds.length, value: seeds.length },
    seeds.join(', '),
    cell(hypervolume, (value) => value.toFixed(4)),
    cell(best, format),
  ]),
)}`;
}

function matrix(
  title: string,
  runs: readonly ComparedRun[],
  cell: (row: ComparedRun, column: number) => string,
): Html {
  const names = runs.map(({ run }) => run.view.name);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table aria-label="${title}"><thead><tr><td></td>${names.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${runs.map((row, i) => html`<tr><th scope="row">${names[i]}</th>${names.map((_, column) => html`<td class="number">${column === i ? '' : cell(row, column)}</td>`)}</tr>`)}</tbody></table></div>`;
}

function coverageTables(runs: readonly ComparedRun[]): Html {
  return html`<h3>Coverage</h3>
<p>The share of the column’s front that the row’s front dominates or equals. 100 % against 0 % says that one front is ahead everywhere; two large numbers that they are much alike, two small ones that each is ahead somewhere.</p>
${matrix('Coverage', runs, (row, column) => formatPercent(row.coverage[column] ?? 0, 0))}
<h3>Additive epsilon</h3>
<p>By how much every objective of the row’s front would have to be better to cover the column’s: accuracy from 0 to 1, costs divided by their limits. At most 0 says that it covers the other front already.</p>
${matrix('Additive epsilon', runs, (row, column) => epsilonText(row.epsilon[column]))}`;
}

const epsilonText = (value: number | undefined): string =>
  value !== undefined && Number.isFinite(value) ? value.toFixed(4) : '';
