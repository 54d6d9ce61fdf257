/** The report of one run. */
import { formatDuration, formatInteger, packageVersion } from '../../base/index.js';
import { latencyMetric } from '../../metrics/index.js';
import { kneePoint } from '../../pareto/index.js';
import { imagesOf, pointOf } from '../../runs/index.js';
import { levelTrials } from '../model/networks.js';
import type { RunFigures } from '../figures.js';
import { accuracyText, deployText, searchSeconds, stateText, timeText } from '../model/describe.js';
import { capital, counted, metricOfName } from '../model/metrics.js';
import { type FrontNetwork, type ReportRun, valueOf } from '../model/run.js';
import { type Section, cards, documentOf, notes } from './document.js';
import type { Draw } from './figure.js';
import { breakdownSection, commonSection, growthSection, importanceSection } from './findings.js';
import { finalistsSection } from './finalists.js';
import { type LinkTo, frontPlots, frontTable } from './front.js';
import { type Html, html } from './html.js';
import { repeatSection } from './repeat.js';

/** The page's text. @param folder of the run, as it is written in a command. */
export function runPage(
  run: ReportRun,
  figures: RunFigures,
  draw: Draw,
  link: LinkTo,
  folder: string,
): string {
  const { view } = run;
  const head = html`<h1>${view.name}</h1>
<p class="lead">${lead(run)}</p>
${cards(keyFigures(run, figures.hypervolume))}
${notes('What is missing', run.notes)}`;
  const sections: Section[] = [
    frontSection(run, figures, draw, link),
    ...finalistsSection(run),
    growthSection(figures, draw),
    commonSection(run, figures, draw),
    importanceSection(figures, draw),
    breakdownSection(figures, draw),
    repeatSection(run, folder),
  ];
  return documentOf(`${view.name}: report of a search`, head, sections, foot);
}

/** Says which program wrote the page. */
export const foot = html`Made by mixnas ${packageVersion()}. This file holds all it needs; only the links to plots and weights lead to other files next to it.`;

function lead(run: ReportRun): string {
  const { view, complete, front, devices, quality } = run;
  const on = devices.map(({ name }) => name).join(', ');
  const searched = `A search for mixed-kernel networks${on ? ` for ${on}` : ''}`;
  const best = front[0];
  if (!best) return `${searched}. No trial is finished yet; the run is ${stateText(view)}.`;
  const metric = metricOfName(quality.name);
  const trained = `${counted(complete.length, 'network')} tried, ${front.length} of them on the front`;
  return `${searched}: ${trained}. The best ${metric.label} is ${metric.format(valueOf(best.row, quality.name))}.`;
}

/** How far accuracies may be off, and which members of the front they do not order. */
function levelText(run: ReportRun): string {
  const { view, front, quality } = run;
  const images = imagesOf(view);
  const best = front[0];
  if (images === undefined || !best || quality.name !== 'accuracy') return '';
  const level = [...levelTrials(run)].map((id) => `#${id}`);
  const measured = ` It was measured on ${formatInteger(images)} images: the small figures are Wilson’s interval at 95 %.`;
  if (level.length === 0) return measured;
  return `${measured} ${level.join(', ')} ${level.length > 1 ? 'are' : 'is'} level with #${best.row.id}: they differ by less.`;
}

/** `7.72 ms on mali-g76`. */
function onDevices({ devices }: ReportRun, { row }: FrontNetwork): string {
  return devices
    .map(
      ({ name }) =>
        `${metricOfName(latencyMetric(name)).format(valueOf(row, latencyMetric(name)))} on ${name}`,
    )
    .join(', ');
}

function keyFigures(run: ReportRun, hypervolume: number): (readonly [string, string, string?])[] {
  const { view, front, complete, rules, quality } = run;
  const metric = metricOfName(quality.name);
  const show = (member: FrontNetwork) => metric.format(valueOf(member.row, quality.name));
  const best = front[0];
  const knee = front[kneePoint(front.map(({ row }) => pointOf(row, rules))) ?? -1];
  return [
    ...(best
      ? [[`Best ${metric.label}`, show(best), `#${best.row.id}: ${onDevices(run, best)}`] as const]
      : []),
    ...(best && knee && knee !== best
      ? [['Knee of the front', show(knee), `#${knee.row.id}: ${onDevices(run, knee)}`] as const]
      : []),
    ['Hypervolume', hypervolume.toFixed(3), 'normalised, from 0 to 1'],
    [
      'Trials',
      formatInteger(complete.length),
      `finished, of ${formatInteger(view.config.budget.trials)} asked for`,
    ],
    [
      'Search time',
      formatDuration(searchSeconds(view)),
      `${counted(view.sessions.at(-1)?.workers ?? 0, 'worker')}, ${view.manifest.backend}`,
    ],
    [
      'State',
      capital(stateText(view).split(':')[0] as string),
      view.lastAt > 0 ? timeText(view.lastAt) : undefined,
    ],
  ].map(([name, value, more]) =>
    more === undefined ? [name as string, value as string] : [name as string, value as string, more],
  );
}

function frontSection(run: ReportRun, figures: RunFigures, draw: Draw, link: LinkTo): Section {
  const body: Html =
    run.front.length === 0
      ? html`<p>No trial is finished yet, so there is no front. ${run.view.live ? 'Make the report again later.' : ''}</p>`
      : html`<p>Accuracy is ${accuracyText(run.view)}${run.finalists?.later ? ', here the mean of later evaluations with further seeds (below)' : ''}. It serves to choose among networks; trained in full they reach another.${levelText(run)} Latency is predicted at ${deployText(run.view)}, not measured on the device.</p>
${frontPlots(figures.fronts, draw)}
<h3>The networks</h3>
<p>Every one is <code>${run.view.name}#trial</code> to the other commands, as in <code>npx mixnas train ${run.view.name}#${run.front[0]?.row.id ?? 0}</code>.</p>
${frontTable([run], link)}`;
  return { id: 'front', title: 'The front', body };
}
