/** What the report finds out beyond the front itself, section by section. */
import { formatMs, formatPercent } from '../../base/index.js';
import type { BreakdownFigure, RunFigures } from '../figures.js';
import { hasGates } from '../../models/index.js';
import { bySource, kernelTable } from '../model/breakdown.js';
import type { ReportRun } from '../model/run.js';
import type { Plot } from '../plots/chart.js';
import type { Section } from './document.js';
import type { Draw } from './figure.js';
import { type Content, type Html, html } from './html.js';
import { type Cell, type Column, sortableTable } from './table.js';

/** How the hypervolume grew. */
export function growthSection({ growth }: RunFigures, draw: Draw): Section {
  const body = growth
    ? draw(
        growth,
        'The normalised hypervolume is the share of the space between the ideal (accuracy 1, cost 0) and the reference point (accuracy 0, each cost at its limit, or at the largest reference model where there is none) that the front dominates. A long level stretch at the end says that more trials would bring little.',
        'wide',
      )
    : html`<p>No trial is finished, so there is no hypervolume yet.</p>`;
  return { id: 'growth', title: 'Hypervolume', body };
}

/** Kernel sizes, dilation, gates and more by depth. */
export function commonSection(
  run: ReportRun,
  { common, commonPlots, gatePlot }: RunFigures,
  draw: Draw,
): Section {
  const title = 'What the front has in common';
  const [map, ...traits] = commonPlots;
  if (!common || !map) {
    const why =
      run.front.length === 0
        ? 'No trial is finished yet.'
        : 'The architectures of this run cannot be decoded.';
    return { id: 'common', title, body: html`<p>${why}</p>` };
  }
  const few =
    common.frontNetworks < 5
      ? ` With only ${common.frontNetworks} on the front, read this as a description of these networks, not as a rule.`
      : '';
  return {
    id: 'common',
    title,
    body: html`<p>Blocks are named by stage and place in it; a stage begins where the stride is 2 or the width changes. The dashed grey line is the mean of all ${common.triedNetworks} finished trials: where the front leaves it, the search has chosen.${few}</p>
${draw(map, `Each column adds up to 100 %. Above it, how many of the ${common.frontNetworks} networks of the front have the block.`, 'wide')}
<div class="pair">${traits.map((plot) => draw(plot, ''))}</div>
${gates(run, gatePlot, draw)}`,
  };
}

/** What the gates do; or why that is not known. */
function gates(run: ReportRun, plot: Plot | undefined, draw: Draw): Html {
  if (plot) {
    return draw(
      plot,
      'A gate weighs the convolution kernels of a block for every image; this is the mean over the validation images. Each column adds up to 100 % where the gates are soft; what a hard gate switches off is missing from it. Above it, how many networks of the front have a gate there whose weights were kept.',
      'wide',
    );
  }
  const has = run.front.some(({ architecture }) => architecture && hasGates(architecture));
  return has
    ? html`<p>Networks of the front have gates, but what these do was not recorded: that takes weights trained by this run.</p>`
    : html`<p>No network of the front has a gate, so there are no gate weights to show.</p>`;
}

/** Which choices matter. */
export function importanceSection({ importance, importancePlot }: RunFigures, draw: Draw): Section {
  const method =
    'How it is found: a random forest learns accuracy from the choices; each choice is then shuffled among trials that a tree has not seen, and the added error is its importance (Breiman 2001). The dashed line is the most that any choice got when the accuracies themselves were shuffled. A search does not draw its trials at random and choices go together, so this is what goes with accuracy in this run, not proof of a cause.';
  const body =
    importancePlot === undefined
      ? html`<p>${importance?.state === 'unclear' ? importance.reason : 'The architectures of this run cannot be decoded.'} No claim is made.</p>`
      : draw(importancePlot, method, 'wide');
  return { id: 'importance', title: 'Which choices matter', body };
}

/** The kernels of the networks by kind. */
function kernelDetails({ chosen, device }: BreakdownFigure): Content {
  const rows = chosen.flatMap(({ name, prediction }) =>
    kernelTable(prediction).map((row): Cell[] => [
      name,
      row.kind,
      { content: row.count, value: row.count },
      { content: formatMs(row.ms), value: row.ms },
      { content: formatPercent(row.share), value: row.share },
      row.sources
        .map(({ of, share }) => (row.sources.length === 1 ? of : `${of} ${Math.round(share * 100)} %`))
        .join(', '),
    ]),
  );
  const columns: Column[] = [
    { title: 'Network' },
    { title: 'Kernel' },
    { title: 'Count', numeric: true },
    { title: 'Time', numeric: true },
    { title: 'Share', numeric: true },
    { title: 'Where the time comes from' },
  ];
  return html`<details><summary>Their device kernels on ${device.name}</summary>${sortableTable(`Device kernels on ${device.name}, by kind`, columns, rows)}</details>`;
}

/** One sentence where most of a latency rests on extrapolation. */
function warning({ chosen, device }: BreakdownFigure): Html | string {
  const first = chosen[0];
  const share = first
    ? (bySource(first.prediction.kernels).find(({ of }) => of === 'extrapolated')?.share ?? 0)
    : 0;
  return share > 0.5
    ? html` <strong>${Math.round(share * 100)} % of the device kernels' time of ${first?.name} is extrapolated on ${device.name}: measure before you rely on it.</strong>`
    : '';
}

/** Where the latency goes. */
export function breakdownSection({ breakdowns }: RunFigures, draw: Draw): Section {
  const body =
    breakdowns.length === 0
      ? html`<p>There is no network whose latency could be taken apart.</p>`
      : html`<p>The front’s most accurate network, its knee (the least sum of costs, each scaled to its range on the front) and its fastest, next to the smallest reference model. The strip beneath a bar says where the times of the device kernels come from: <em>measured</em> on the device, <em>simulated</em> by the vendor’s compiler, <em>interpolated</em> between known kernels, or <em>extrapolated</em> beyond them.</p>
${breakdowns.map((figure) => [draw(figure.plot, [html`Overhead is what a network takes beyond its device kernels.`, warning(figure)], 'wide'), kernelDetails(figure)])}`;
  return { id: 'latency', title: 'Where the time goes', body };
}
