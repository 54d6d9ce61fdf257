/** What the members of the front came to when they were evaluated again. */
import { formatPercent } from '../../base/index.js';
import type { Finalist, Finalists } from '../../runs/index.js';
import { counted } from '../model/metrics.js';
import type { ReportRun } from '../model/run.js';
import type { Section } from './document.js';
import { type Html, html } from './html.js';
import { type Cell, type Column, sortableTable } from './table.js';

const columns: readonly Column[] = [
  { title: 'Trial', numeric: true },
  { title: 'First accuracy', numeric: true },
  { title: 'Later accuracy', numeric: true },
  { title: 'Deviation', numeric: true },
  { title: 'Difference', numeric: true },
  { title: 'Seeds', numeric: true },
  { title: 'On the later front' },
];

const numberCell = (value: number | undefined, text: (value: number) => string): Cell =>
  value === undefined || Number.isNaN(value) ? { content: '', value: '' } : { content: text(value), value };

const points = (value: number) => `${value > 0 ? '+' : ''}${(100 * value).toFixed(2)}`;

/** The section; none where no member of the front was evaluated again. */
export function finalistsSection({ view, finalists }: ReportRun): Section[] {
  if (!finalists) return [];
  const rows = finalists.finalists
    .toSorted((a, b) => b.later - a.later || b.first - a.first || a.trial - b.trial)
    .map((one): Cell[] => [
      { content: `#${one.trial}`, value: one.trial },
      numberCell(one.first, (value) => formatPercent(value, 2)),
      numberCell(one.later, (value) => formatPercent(value, 2)),
      numberCell(one.deviation, (value) => (100 * value).toFixed(2)),
      numberCell(one.later - one.first, points),
      numberCell(one.seeds, String),
      one.seeds === 0 ? 'no later result' : one.onFront ? 'yes' : 'no',
    ]);
  const steps = view.config.finalists?.steps;
  const longer = steps === undefined ? '' : `, for ${steps} steps each`;
  const body: Html = html`<p>The best of many noisy results is too good to be true: it was chosen for being high. So the members of the front were evaluated again with ${counted(view.config.finalists?.seeds ?? 0, 'further seed')}${longer}, and the later accuracy is the mean of these alone. ${summary(finalists)}</p>
${sortableTable('First and later accuracy of the finalists, in percent and points', columns, rows)}`;
  return [{ id: 'finalists', title: 'Finalists', body }];
}

/** How far the first accuracies were too high, and what is still missing. */
function summary({ finalists, later, done, total }: Finalists): string {
  const evaluated = finalists.filter(({ seeds }) => seeds > 0);
  const left =
    done < total ? ` ${done} of ${total} evaluations are done; resuming the run does the others.` : '';
  if (!later) return `The front above is still by the accuracies of the search.${left}`;
  const mean = evaluated.reduce((sum, one: Finalist) => sum + one.later - one.first, 0) / evaluated.length;
  return `They differ from the first by ${points(mean)} points on average. The front above is by the later accuracies; networks that were not evaluated again are shown with their first.${left}`;
}
