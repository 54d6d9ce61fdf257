/** One candidate: the network block by block, its device kernels, its learning curve; or several compared. */
import { formatCount, messageOf } from '../../base/index.js';
import { type Block, sideBySide, type Line, span, wrapText } from '../draw/block.js';
import { lineChart } from '../draw/line-chart.js';
import { formatApart, scaleOver, shareScaleOver } from '../draw/scale.js';
import { architectureOf, latencyByPart, predictionOf } from '../model/candidate.js';
import type { RunModel } from '../model/run-model.js';
import { markedRows, selectedRow, shownDevice, step, stopsBy } from '../model/selection.js';
import { architectureTable } from './architecture.js';
import { comparison } from './comparison.js';
import { kernelBars } from './kernels.js';
import { scrolled, scrolledTo } from './cursor.js';
import type { Change, DrawContext, Screen } from './screen.js';
import { trialSummary } from './summary.js';
import { editSelected, findTrials, markSelected } from './trial-keys.js';

/** From this width on the device kernels stand next to the network. */
const wide = 130;
/** Columns for the network: all of its table from a certain width on. */
const networkWidthOf = (width: number): number => (width >= 180 ? 100 : 78);
const summaryWidth = 38;
const curveHeight = 11;

const title = (text: string): Line => [span(text, 'accent', { bold: true })];

function learningCurve({ model, glyphs }: DrawContext, row: number, width: number, height: number): Block {
  const { curve } = model.row(row);
  const accuracies = curve.flatMap(({ step: x, accuracy: y }) => (y === undefined ? [] : [{ x, y }]));
  const isAccuracy = accuracies.length > 1;
  const points = isAccuracy ? accuracies : curve.map(({ step: x, loss: y }) => ({ x, y }));
  if (points.length < 2) return [title('learning curve'), [span('nothing recorded', 'muted')]];
  return [
    title('learning curve'),
    ...lineChart({
      width,
      height: height - 1,
      x: {
        label: 'step',
        scale: scaleOver(
          points.map(({ x }) => x),
          false,
          0,
        ),
        format: formatCount,
      },
      y: {
        label: isAccuracy ? 'validation accuracy' : 'training loss',
        scale: (isAccuracy ? shareScaleOver : scaleOver)(points.map(({ y }) => y)),
        format: isAccuracy ? (v, gap) => `${formatApart(100 * v, 100 * gap)} %` : formatApart,
      },
      series: [{ points, role: 'series0' }],
      glyphs,
    }),
  ];
}

/** The network, with the share of the latency that each part takes on the shown device. */
function network({ model, ui }: DrawContext, row: number, width: number): Block {
  const device = shownDevice(model, ui);
  const architecture = architectureOf(model, row);
  const prediction = device && predictionOf(model, row, device);
  const shares = prediction && partShares(prediction, architecture.blocks.length);
  const { resolution } = model.view.config.deploy;
  return [
    title(`network at ${resolution}x${resolution}${device ? `, time on ${device.name}` : ''}`),
    ...architectureTable(architecture, resolution, shares, width),
  ];
}

function partShares(prediction: ReturnType<typeof predictionOf>, blocks: number) {
  const parts = latencyByPart(prediction, blocks);
  const total = prediction.latencyMs * 1000;
  return { stem: parts.stem / total, blocks: parts.blocks.map((us) => us / total), head: parts.head / total };
}

function kernels({ model, ui }: DrawContext, row: number, width: number): Block {
  const device = shownDevice(model, ui);
  return device ? kernelBars(predictionOf(model, row, device), width) : [];
}

/** Why a trial failed or was pruned, whole. */
function reason({ model, width }: DrawContext, row: number): Block {
  const text = model.row(row).reason;
  if (text === undefined) return [];
  return [[], title('why it ended'), ...wrapText(text, width).map((part): Line => [span(part, 'bad')])];
}

function candidate(context: DrawContext, row: number): Block {
  const { model, width } = context;
  const summary = trialSummary(model, row, { reason: false });
  if (width >= wide) {
    const networkWidth = networkWidthOf(width);
    const curve = networkWidth - summaryWidth;
    const right = width - networkWidth - 2;
    const left = [
      ...sideBySide(
        { block: summary, width: summaryWidth },
        { block: learningCurve(context, row, curve, curveHeight), width: curve },
      ),
      ...reason({ ...context, width: networkWidth }, row),
      [],
      ...network(context, row, networkWidth),
    ];
    return sideBySide(
      { block: left, width: networkWidth + 2 },
      { block: kernels(context, row, right), width: right },
    );
  }
  const curve = width - summaryWidth;
  const top =
    curve >= 36
      ? sideBySide(
          { block: summary, width: summaryWidth },
          { block: learningCurve(context, row, curve, curveHeight), width: curve },
        )
      : [...summary, [], ...learningCurve(context, row, width, curveHeight)];
  return [
    ...top,
    ...reason(context, row),
    [],
    ...network(context, row, width),
    [],
    ...kernels(context, row, width),
  ];
}

/** Everything there is to scroll through. */
function content(context: DrawContext): Block {
  const { model, ui, width } = context;
  const row = selectedRow(model, ui);
  if (row === undefined) return [[span('No trials yet.', 'muted')]];
  const marked = markedRows(model, ui);
  try {
    if (marked.length < 2) return candidate(context, row);
    return [
      title(`${marked.length} marked trials (u takes the marks away)`),
      ...comparison(model, marked, width),
      [],
      ...candidate(context, row),
    ];
  } catch (error) {
    return [
      ...trialSummary(model, row, { reason: false }),
      ...reason(context, row),
      [],
      ...wrapText(messageOf(error), width).map((part): Line => [span(part, 'bad')]),
    ];
  }
}

/** The next candidate by latency on the shown device. */
function neighbour(model: RunModel, context: DrawContext, by: number): Change | undefined {
  const metric = shownDevice(model, context.ui)?.metric ?? 'accuracy';
  const from = selectedRow(model, context.ui);
  const row = step(stopsBy(model, metric, context.ui.allStops), from, by, model.table.column(metric));
  return row === undefined ? undefined : { selected: model.row(row).id };
}

function parent(row: number | undefined, which: 0 | 1, { model }: DrawContext): Change | undefined {
  const id = row === undefined ? undefined : model.row(row).parents[which];
  if (id === undefined) {
    return { message: { text: `It has no ${which === 0 ? '' : 'second '}parent.`, role: 'warn' } };
  }
  return { selected: id, scroll: 0 };
}

export const candidateScreen: Screen = {
  id: 'candidate',
  title: 'Candidate',
  draw(context) {
    const { ui, width, height } = context;
    return scrolled(content(context), ui.scroll, width, height);
  },
  act(action, context) {
    const { model, ui, height } = context;
    const row = selectedRow(model, ui);
    const scroll = scrolledTo(action, ui.scroll, content(context).length, height);
    if (scroll !== undefined) return { scroll };
    switch (action) {
      case 'left':
        return neighbour(model, context, -1);
      case 'right':
        return neighbour(model, context, 1);
      case 'device':
        return { device: (ui.device + 1) % Math.max(1, model.devices.length) };
      case 'filter':
        return findTrials(context);
      case 'mark':
        return markSelected(row, context);
      case 'edit':
        return editSelected(row);
      case 'parent':
        return parent(row, 0, context);
      case 'second-parent':
        return parent(row, 1, context);
      case 'back':
        return { screen: ui.previous, scroll: 0 };
      default:
        return undefined;
    }
  },
  sheet({ model, ui }) {
    const row = selectedRow(model, ui);
    const predictions =
      row === undefined ? [] : model.devices.map((device) => predictionOf(model, row, device));
    return {
      head: ['device', 'layer', 'kernel', 'latencyUs', 'source'],
      rows: predictions.flatMap((p) => [
        ...p.kernels.map((k) => [p.profile, k.layer, k.op, k.latencyUs, k.source]),
        [p.profile, 'overhead', '', p.overheadUs, ''],
      ]),
    };
  },
};
