/** One candidate: the network block by block, its kernels on a device, its learning curve. */
import { messageOf } from '../../base/index.js';
import type { Prediction } from '../../hardware/index.js';
import { bar } from '../draw/bar.js';
import { type Block, beside, fitBlock, type Line, type Role, span } from '../draw/block.js';
import { lineChart } from '../draw/line-chart.js';
import { scaleOver } from '../draw/scale.js';
import { formatBytes, formatMs, formatPercent, significant } from '../format.js';
import { type Candidate, candidateOf, latencyByPart } from '../model/candidate.js';
import type { RunModel } from '../model/run-model.js';
import { selectedRow, shownDevice, step, stopsBy } from '../model/selection.js';
import { architectureTable } from './architecture.js';
import type { DrawContext, Screen } from './screen.js';
import { trialSummary } from './summary.js';

type Source = Prediction['kernels'][number]['source'];

/** Where a kernel's latency comes from: a letter and a colour. */
const sources: Readonly<Record<Source, { letter: string; role: Role }>> = {
  measured: { letter: 'm', role: 'good' },
  simulated: { letter: 's', role: 'series0' },
  interpolated: { letter: 'i', role: 'series1' },
  extrapolated: { letter: 'e', role: 'bad' },
};

const title = (text: string): Line => [span(text, 'accent', { bold: true })];

function sourcesLine(prediction: Prediction): Line {
  const total = prediction.kernels.reduce((sum, k) => sum + k.latencyUs, 0);
  return (Object.keys(sources) as Source[]).flatMap((source) => {
    const us = prediction.kernels.reduce((sum, k) => sum + (k.source === source ? k.latencyUs : 0), 0);
    if (us === 0) return [];
    return [
      span(`${sources[source].letter} `, sources[source].role),
      span(`${source} ${formatPercent(us / total, 0)}  `, 'muted'),
    ];
  });
}

/** The kernels on one device with a bar each, slowest parts plain to see. */
function kernelLines(prediction: Prediction, width: number): Block {
  const most = Math.max(...prediction.kernels.map((k) => k.latencyUs), prediction.overheadUs, 1);
  const barWidth = Math.max(4, Math.min(24, width - 44));
  const row = (name: string, us: number, letter: string, role: Role): Line => [
    span(`${name.slice(0, 30).padEnd(30)} `, 'text'),
    span(`${letter} `, role),
    ...bar(us / most, barWidth, role),
    span(`${significant(us).padStart(7)} µs`, 'muted'),
  ];
  return [
    title(
      `${prediction.profile}  ${formatMs(prediction.latencyMs)}  (90 %: ${significant(prediction.lowMs)} to ${formatMs(prediction.highMs)})`,
    ),
    [
      span(
        `peak memory ${formatBytes(prediction.peakMemoryBytes)}, at ${prediction.resolution}x${prediction.resolution}`,
        'muted',
      ),
    ],
    sourcesLine(prediction),
    ...prediction.kernels.map((k) =>
      row(k.layer, k.latencyUs, sources[k.source].letter, sources[k.source].role),
    ),
    row('overhead', prediction.overheadUs, ' ', 'muted'),
  ];
}

function learningCurve({ model, glyphs }: DrawContext, row: number, width: number, height: number): Block {
  const { curve } = model.row(row);
  const points = curve
    .filter((p) => p.accuracy !== undefined)
    .map((p) => ({ x: p.step, y: p.accuracy ?? 0 }));
  const losses = curve.map((p) => ({ x: p.step, y: p.loss }));
  const shown = points.length > 1 ? points : losses;
  if (shown.length < 2) return [title('learning curve'), [span('nothing recorded', 'muted')]];
  const accuracy = shown === points;
  return [
    title('learning curve'),
    ...lineChart({
      width,
      height: height - 1,
      x: {
        label: 'step',
        scale: scaleOver(
          shown.map((p) => p.x),
          false,
          0,
        ),
        format: (v) => significant(v, 2),
      },
      y: {
        label: accuracy ? 'validation accuracy' : 'training loss',
        scale: scaleOver(shown.map((p) => p.y)),
        format: accuracy ? (v) => formatPercent(v, 0) : (v) => significant(v, 2),
      },
      series: [{ points: shown, role: 'series0' }],
      glyphs,
    }),
  ];
}

function content(context: DrawContext, row: number, candidate: Candidate): Block {
  const { model, ui, width } = context;
  const device = shownDevice(model, ui);
  const prediction = candidate.predictions[model.devices.findIndex((d) => d === device)];
  const shares = prediction && partShares(prediction, candidate.architecture.blocks.length);
  const { deploy } = model.view.config;
  const network = (columns: number): Block => [
    title(`network at ${deploy.resolution}x${deploy.resolution}, time on ${device?.name ?? 'no device'}`),
    ...architectureTable(candidate.architecture, deploy.resolution, shares, columns),
  ];
  const kernels = (columns: number): Block => (prediction ? kernelLines(prediction, columns) : []);
  const summary = trialSummary(model, row);
  if (width >= 130) {
    const left = 76;
    const right = width - left - 2;
    return beside(
      {
        block: [
          ...beside(
            { block: summary, width: 36 },
            { block: learningCurve(context, row, left - 38, 11), width: left - 38 },
          ),
          [],
          ...network(left),
        ],
        width: left + 2,
      },
      { block: kernels(right), width: right },
    );
  }
  const chart = width >= 76 ? learningCurve(context, row, width - 38, 11) : [];
  return [
    ...(chart.length > 0
      ? beside({ block: summary, width: 38 }, { block: chart, width: width - 38 })
      : [...summary, [], ...learningCurve(context, row, width, 9)]),
    [],
    ...network(width),
    [],
    ...kernels(width),
  ];
}

function partShares(prediction: Prediction, blocks: number) {
  const parts = latencyByPart(prediction, blocks);
  const total = prediction.latencyMs * 1000;
  return { stem: parts.stem / total, blocks: parts.blocks.map((us) => us / total), head: parts.head / total };
}

function build(context: DrawContext): Block {
  const row = selectedRow(context.model, context.ui);
  if (row === undefined) return [[span('No trials yet.', 'muted')]];
  try {
    return content(context, row, candidateOf(context.model, row));
  } catch (error) {
    return [...trialSummary(context.model, row), [], [span(messageOf(error), 'bad')]];
  }
}

/** How far down the content can be scrolled. */
function lastScroll(context: DrawContext): number {
  return Math.max(0, build(context).length - context.height);
}

function neighbour(
  model: RunModel,
  context: DrawContext,
  by: number,
): { selected: number; scroll: number } | undefined {
  const metric = shownDevice(model, context.ui)?.metric ?? 'accuracy';
  const from = selectedRow(model, context.ui);
  const row = step(stopsBy(model, metric, context.ui.allStops), from, by, model.table.column(metric));
  return row === undefined ? undefined : { selected: model.row(row).id, scroll: context.ui.scroll };
}

export const candidateScreen: Screen = {
  id: 'candidate',
  title: 'Candidate',
  draw(context) {
    const lines = build(context);
    const from = Math.min(context.ui.scroll, Math.max(0, lines.length - context.height));
    const more = lines.length - from - context.height;
    const shown = fitBlock(lines.slice(from), context.width, context.height);
    if (more <= 0) return shown;
    return [...shown.slice(0, -1), [span(`↓ ${more + 1} more lines`, 'muted')]];
  },
  act(action, context) {
    const { model, ui, height } = context;
    const scrollTo = (scroll: number) => ({ scroll: Math.min(lastScroll(context), Math.max(0, scroll)) });
    switch (action) {
      case 'up':
        return scrollTo(ui.scroll - 1);
      case 'down':
        return scrollTo(ui.scroll + 1);
      case 'page-up':
        return scrollTo(ui.scroll - height + 2);
      case 'page-down':
        return scrollTo(ui.scroll + height - 2);
      case 'first':
        return scrollTo(0);
      case 'last':
        return scrollTo(Number.MAX_SAFE_INTEGER);
      case 'left':
        return neighbour(model, context, -1);
      case 'right':
        return neighbour(model, context, 1);
      case 'device':
        return { device: (ui.device + 1) % model.devices.length };
      case 'back':
        return { screen: ui.previous, scroll: 0 };
      default:
        return undefined;
    }
  },
};
