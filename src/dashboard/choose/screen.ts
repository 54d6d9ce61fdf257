/** Choosing from the front: limits that move, weights, the knee, candidates next to each other, and the export. */
import { formatMs, formatPercent, messageOf, significant } from '../../base/index.js';
import type { Action } from '../bindings.js';
import { bar } from '../draw/bar.js';
import {
  type Block,
  type Line,
  cut,
  fit,
  fitBlock,
  line,
  sideBySide,
  span,
  wrapText,
} from '../draw/block.js';
import { scatter } from '../draw/scatter.js';
import { int8Accuracy } from '../model/exports.js';
import { frontPlot } from '../model/front-plot.js';
import type { Device } from '../model/run-model.js';
import { markedRows, shownDevice } from '../model/selection.js';
import { trialSheet } from '../model/sheets.js';
import { scrolled, scrolledTo } from '../screens/cursor.js';
import { type Change, type DrawContext, type Screen, dotsOf } from '../screens/screen.js';
import { trialLine, trialSummary } from '../screens/summary.js';
import { findTrials, markSelected, openCandidate } from '../screens/trial-keys.js';
import { firstExport } from './export-order.js';
import {
  type Choice,
  choose,
  kindsWithin,
  limitOf,
  mostWeight,
  nextLimit,
  objectivesOf,
  withLimit,
} from './pick.js';
import { mostCompared, sideBySideNetworks } from './side-by-side.js';

const sideWidth = 40;
const wide = 96;
/** A fine step of a limit. */
const fine = 0.01;

const title = (text: string): Line => [span(text, 'accent', { bold: true })];

const choiceOf = ({ model, ui }: DrawContext): Choice => choose(model, ui.wishes);

function plot(context: DrawContext, device: Device, width: number, height: number): Block {
  const { model, ui } = context;
  const limitMs = limitOf(ui.wishes, device);
  const spec = frontPlot(model, {
    device: { ...device, limitMs },
    log: ui.log,
    zoomed: ui.zoomed,
    cursor: choiceOf(context).pick,
    marked: markedRows(model, ui),
    freshSince: Number.POSITIVE_INFINITY,
    labels: width >= 50,
    tried: { kinds: kindsWithin(model, ui.wishes), hide: ui.wishes.hide },
  });
  return fitBlock(scatter({ ...spec, width, height, glyphs: dotsOf(context) }).block, width, height);
}

/** `8.50 ms`, and whether that is the user's or the run's. */
function limitText({ ui }: DrawContext, device: Device): Line {
  const own = ui.wishes.limits[device.metric];
  const limit = own ?? device.limitMs;
  return limit === undefined
    ? [span('no limit', 'muted')]
    : [
        span(formatMs(limit), own === undefined ? 'text' : 'limit'),
        span(own === undefined ? ' of the run' : '', 'muted'),
      ];
}

function limitLines(context: DrawContext, shown: Device): Block {
  const { model } = context;
  const { within, members } = choiceOf(context);
  return [
    [
      ...title('limits'),
      span(`  ${within.length} of ${members.length} keep all`, within.length > 0 ? 'muted' : 'bad'),
    ],
    ...model.devices.map(
      (device): Line => [
        span(device === shown ? '▸' : ' ', 'cursor'),
        ...fit([span(device.name)], 16),
        ...limitText(context, device),
      ],
    ),
  ];
}

function weightLines({ model, ui }: DrawContext): Block {
  return [
    [...title('weights'), span(ui.wishes.knee ? '  not used: the knee is shown' : '', 'muted')],
    ...objectivesOf(model, ui.wishes).map(
      ({ title: name, weight }, i): Line => [
        span(i === ui.wishes.row ? '▸' : ' ', 'cursor'),
        ...fit([span(cut(name, 15))], 16),
        span(`${weight} `),
        ...bar(weight / mostWeight, 9, 'series0'),
      ],
    ),
  ];
}

/** What is exported, and what became of it. */
function exportLines({ exports, model, ui }: DrawContext, pick: number | undefined, width: number): Block {
  const { running, done } = exports;
  const said = (text: string, role: 'accent' | 'good' | 'bad') =>
    wrapText(text, width).map((part): Line => [span(part, role)]);
  if (running) return said(`exporting trial ${running.trial}: ${running.message}`, 'accent');
  const ids = [...(pick === undefined ? [] : [model.row(pick).id]), ...ui.marked];
  return [...new Set(ids)].flatMap((id) => {
    const outcome = done.get(id);
    return outcome
      ? said(`trial ${id}: ${outcome.ok ? 'wrote ' : ''}${outcome.text}`, outcome.ok ? 'good' : 'bad')
      : [];
  });
}

/** The accuracy of the pick in 8-bit integers, once an export or the search has found it. */
function int8Line({ exports, model }: DrawContext, row: number): Line {
  const outcome = exports.done.get(model.row(row).id);
  const exported = outcome?.precision === 'int8' ? outcome.accuracy : undefined;
  const known = exported === undefined ? int8Accuracy(model, row) : { accuracy: exported, of: 'exported' };
  return [
    span('int8        ', 'muted'),
    ...(known === undefined
      ? [span('not known; x exports', 'muted')]
      : [span(formatPercent(known.accuracy, 2), 'text', { bold: true }), span(` ${known.of}`, 'muted')]),
  ];
}

function pickLines(context: DrawContext): Block {
  const { model, ui } = context;
  const { pick } = choiceOf(context);
  if (pick === undefined) {
    return [
      [span('no member of the front keeps these limits', 'bad')],
      [span('→ loosens, r takes the run’s', 'muted')],
    ];
  }
  return [
    [
      ...title(ui.wishes.knee ? 'the knee' : 'the pick'),
      span(ui.wishes.knee ? '' : whyText(context), 'muted'),
    ],
    ...trialSummary(model, pick),
    int8Line(context, pick),
  ];
}

/** What the weights ask for, in words. */
function whyText({ model, ui }: DrawContext): string {
  const counted = objectivesOf(model, ui.wishes).filter(({ weight }) => weight > 0);
  if (counted.length === 0) return ': no objective counts';
  const [only] = counted;
  if (counted.length === 1 && only)
    return only.name === 'accuracy' ? ': most accurate' : `: best ${cut(only.title, 20)}`;
  return ': best weighted sum';
}

function markedLine({ model, ui }: DrawContext): Line {
  const ids = markedRows(model, ui).map((row) => model.row(row).id);
  if (ids.length === 0) return [span('Space marks candidates, v compares', 'muted')];
  return [
    span(`■ ${ids.join('  ■ ')}`, 'accent'),
    span(ids.length > 1 ? '  v compares' : '  mark another', 'muted'),
  ];
}

/** The same in few lines, below the plot of a small terminal. */
function shortLines(context: DrawContext, device: Device): Block {
  const { model, ui, width } = context;
  const { pick, within, members } = choiceOf(context);
  const exported = exportLines(context, pick, width - 1);
  const weights = objectivesOf(model, ui.wishes).flatMap(
    ({ title: name, weight }, i): Line => [
      span(` ${i === ui.wishes.row ? '▸' : ' '}`, 'cursor'),
      span(`${cut(name, 14)} ${weight}`, weight > 0 ? 'text' : 'muted'),
    ],
  );
  return [
    pick === undefined
      ? [span(' nothing keeps these limits; → loosens, r takes the run’s', 'bad')]
      : trialLine(model, pick, width),
    line(
      span(' limit ', 'muted'),
      span('▸', 'cursor'),
      `${device.name} `,
      ...limitText(context, device),
      span(`  ${within.length} of ${members.length} keep all`, 'muted'),
    ),
    [span(' weigh', 'muted'), ...weights],
    exported.length > 0 ? [span(' '), ...(exported[0] ?? [])] : [span(' '), ...markedLine(context)],
  ];
}

/** The candidates next to each other: those marked, or with one mark that and the pick. */
function compared(context: DrawContext): number[] {
  const rows = markedRows(context.model, context.ui).slice(-mostCompared);
  const { pick } = choiceOf(context);
  return rows.length < 2 && pick !== undefined && !rows.includes(pick) ? [...rows, pick] : rows;
}

function comparisonBlock(context: DrawContext): Block {
  const rows = compared(context);
  if (rows.length < 2) return [[span('Mark two or three candidates with Space; v goes back.', 'muted')]];
  try {
    return sideBySideNetworks(context.model, rows, context.width);
  } catch (error) {
    return wrapText(messageOf(error), context.width).map((part): Line => [span(part, 'bad')]);
  }
}

function draw(context: DrawContext): Block {
  const { model, ui, width, height } = context;
  const device = shownDevice(model, ui);
  if (!device || model.table.front().length === 0)
    return [[span(' There is no front to choose from yet.', 'muted')]];
  if (ui.comparing) return scrolled(comparisonBlock(context), ui.scroll, width, height);
  if (width < wide) {
    const below = shortLines(context, device);
    return [...plot(context, device, width, height - below.length), ...below];
  }
  const plotWidth = width - sideWidth - 2;
  const side = [
    ...pickLines(context),
    [],
    ...limitLines(context, device),
    [],
    ...weightLines(context),
    [],
    markedLine(context),
    ...exportLines(context, choiceOf(context).pick, sideWidth),
  ];
  return fitBlock(
    sideBySide(
      { block: plot(context, device, plotWidth, height), width: plotWidth + 2 },
      { block: side, width: sideWidth },
    ),
    width,
    height,
  );
}

function moveLimit(action: Action, { model, ui }: DrawContext): Change | undefined {
  const device = shownDevice(model, ui);
  if (!device) return undefined;
  const now = limitOf(ui.wishes, device);
  const to = (max: number | undefined): Change => ({ wishes: withLimit(ui.wishes, device, max) });
  switch (action) {
    case 'tighten':
      return to(nextLimit(model, ui.wishes, device, -1));
    case 'loosen':
      return to(nextLimit(model, ui.wishes, device, 1));
    case 'tighten-little':
    case 'loosen-little': {
      const from = now ?? nextLimit(model, ui.wishes, device, -1);
      if (from === undefined) return undefined;
      const next = from * (action === 'loosen-little' ? 1 + fine : 1 - fine);
      return to(
        device.limitMs !== undefined && next >= device.limitMs ? undefined : Number(significant(next, 4)),
      );
    }
    default:
      return undefined;
  }
}

function weigh(action: Action, { model, ui: { wishes } }: DrawContext): Change | undefined {
  const objectives = objectivesOf(model, wishes);
  const at = objectives[wishes.row];
  const row = wishes.row + (action === 'up' ? -1 : action === 'down' ? 1 : 0);
  if (action === 'up' || action === 'down') {
    return { wishes: { ...wishes, row: Math.max(0, Math.min(objectives.length - 1, row)) } };
  }
  if (!at) return undefined;
  const weight = Math.max(0, Math.min(mostWeight, at.weight + (action === 'weigh-more' ? 1 : -1)));
  return { wishes: { ...wishes, knee: false, weights: { ...wishes.weights, [at.name]: weight } } };
}

export const chooseScreen: Screen = {
  id: 'choose',
  title: 'Choose',
  draw,
  act(action, context) {
    const { model, ui, height } = context;
    const { pick } = choiceOf(context);
    if (ui.comparing) {
      const scroll = scrolledTo(action, ui.scroll, comparisonBlock(context).length, height);
      if (scroll !== undefined) return { scroll };
    }
    const limit = moveLimit(action, context);
    if (limit) return limit;
    switch (action) {
      case 'up':
      case 'down':
      case 'weigh-more':
      case 'weigh-less':
        return weigh(action, context);
      case 'run-limits':
        return { wishes: { ...ui.wishes, limits: {}, knee: false } };
      case 'hide':
        return { wishes: { ...ui.wishes, hide: !ui.wishes.hide } };
      case 'knee':
        return { wishes: { ...ui.wishes, knee: !ui.wishes.knee } };
      case 'compare':
        return { comparing: !ui.comparing, scroll: 0 };
      case 'back':
        return ui.comparing ? { comparing: false, scroll: 0 } : { screen: ui.previous };
      case 'device':
        return { device: (ui.device + 1) % Math.max(1, model.devices.length) };
      case 'log':
        return { log: !ui.log };
      case 'zoom':
        return { zoomed: !ui.zoomed };
      case 'mark':
        return markSelected(pick, context);
      case 'open':
        return openCandidate(pick, context);
      case 'filter':
        return findTrials(context);
      case 'export-network':
        if (pick === undefined) return { message: { text: 'Nothing keeps these limits.', role: 'warn' } };
        return { prompt: { kind: 'network', text: firstExport, trial: model.row(pick).id } };
      case 'stop-export':
        return { effect: { type: 'stop-export' } };
      default:
        return undefined;
    }
  },
  sheet: (context) => trialSheet(context.model, choiceOf(context).within),
};
