/** Marked runs on one plot: fronts, progress, and what their configs differ in. */
import { formatPercent, significant } from '../../base/index.js';
import { type Block, type Line, cut, fit, fitBlock, sideBySide, span, wrapText } from '../draw/block.js';
import { type Column, table } from '../draw/table.js';
import { scrolled, scrolledTo } from '../screens/cursor.js';
import { type DrawContext, type Screen, type Sheet, dotsOf } from '../screens/screen.js';
import { frontsChart, progressChart } from './charts.js';
import { type DiffRow, configDiff } from './config-diff.js';
import { type OverlayView, overlayViews } from './views.js';
import { lookOf } from './looks.js';
import { type Comparison, type ReadRun, compareRuns, isRead } from './measures.js';
import { seedGroups } from './seeds.js';

const wide = 110;
const sideWidthOf = (width: number) => (width >= 160 ? 76 : 54);

const muted = (text: string): Line => [span(text, 'muted')];

/** The last comparison: it takes milliseconds, and keys do not change it. */
let last: { readonly of: readonly unknown[]; readonly comparison: Comparison | undefined } | undefined;

function comparisonOf({ overlaid, ui }: DrawContext): Comparison | undefined {
  const of = [ui.baseline, ...overlaid];
  if (last?.of.length === of.length && last.of.every((one, i) => one === of[i])) return last.comparison;
  last = { of, comparison: compareRuns(overlaid.filter(isRead), ui.baseline) };
  return last.comparison;
}

const columns: readonly Column[] = [
  { title: '' },
  { title: 'run' },
  { title: 'front', align: 'right', sheds: 3 },
  { title: 'hypervolume', align: 'right' },
  { title: 'in union', align: 'right', sheds: 2 },
  { title: 'covers', align: 'right', sheds: 1 },
  { title: 'is covered', align: 'right', sheds: 1 },
  { title: 'epsilon', align: 'right', sheds: 4 },
];

const share = (value: number | undefined): Line => [span(value === undefined ? '' : formatPercent(value, 0))];

/** One row a run: its look, and its measures next to those of the baseline. */
function legend({ runs, union }: Comparison, width: number): Block {
  const base = runs.find(({ isBaseline }) => isBaseline)?.hypervolume ?? 0;
  const rows = runs.map((one, i): Line[] => {
    const { glyph, role } = lookOf(i);
    const difference = one.hypervolume - base;
    return [
      [span(glyph, role, { bold: true })],
      [span(cut(one.run.name, 18), role), span(one.isBaseline ? ' ⇤' : '', 'muted')],
      [span(String(one.run.front.length))],
      [
        span(one.hypervolume.toFixed(4), 'text', { bold: true }),
        one.isBaseline
          ? span('       ')
          : span(
              ` ${difference < 0 ? '-' : '+'}${Math.abs(difference).toFixed(3)}`,
              difference < 0 ? 'bad' : 'good',
            ),
      ],
      [span(String(one.inUnion))],
      share(one.covers),
      share(one.covered),
      [span(one.epsilon === undefined ? '' : significant(one.epsilon))],
    ];
  });
  const all = [
    [span('━', 'front')],
    muted('union'),
    muted(String(union.members.length)),
    [span(union.hypervolume.toFixed(4)), span('       ')],
    [],
    [],
    [],
    [],
  ];
  return table(columns, [...rows, all], width);
}

function notes({ overlaid }: DrawContext, { runs, shared }: Comparison, width: number): Block {
  const reading = overlaid.filter((run) => !isRead(run) && run.problem === undefined);
  const groups = seedGroups(runs.map(({ run }) => run));
  const said = (text: string, role: 'muted' | 'bad' | 'warn'): Block =>
    wrapText(text, width).map((part) => [span(part, role)]);
  return [
    ...overlaid.flatMap(({ name, problem }) =>
      problem === undefined ? [] : said(`${name}: ${problem}`, 'bad'),
    ),
    ...(reading.length > 0 ? said(`reading ${reading.map(({ name }) => name).join(', ')}`, 'muted') : []),
    ...groups.flatMap((group) => said(attainmentText(group), 'muted')),
    ...said(
      `⇤ the baseline (B changes it): covers and epsilon are next to it, over accuracy and ${shared.devices.join(', ')}.`,
      'muted',
    ),
    ...differences(runs.map(({ run }) => run)).flatMap((text) => said(`⚠ ${text}`, 'warn')),
  ];
}

const attainmentText = (group: readonly ReadRun[]) =>
  `${group.length} seeds of one config: the dotted line is what half of them attained, the shade from what all did to the best.`;

/** Why runs are compared with care. */
function differences(runs: readonly ReadRun[]): string[] {
  const differ = (what: string, of: (run: ReadRun) => unknown) =>
    new Set(runs.map((run) => JSON.stringify(of(run)))).size > 1 ? [`They differ in ${what}.`] : [];
  return [
    ...differ('what they deploy at', ({ view }) => view.config.deploy),
    ...differ('the data set', ({ view }) => view.config['dataset']),
    ...differ('how a network is judged', ({ view }) => view.config['evaluator']),
  ];
}

function charts(context: DrawContext, comparison: Comparison): Block {
  const { ui, width, height } = context;
  const glyphs = dotsOf(context);
  const draw = (w: number, h: number): Block => {
    const size = { width: w, height: h, glyphs };
    if (ui.overlay === 'progress') return progressChart(comparison, ui.overTime, ui.log, size);
    return frontsChart(comparison, deviceOf(context, comparison), ui.log, size);
  };
  if (width >= wide) {
    const sideWidth = sideWidthOf(width);
    const chartWidth = width - sideWidth - 2;
    const side = [...legend(comparison, sideWidth), [], ...notes(context, comparison, sideWidth)];
    return sideBySide(
      { block: draw(chartWidth, height), width: chartWidth + 2 },
      { block: fitBlock(side, sideWidth, height), width: sideWidth },
    );
  }
  const table = legend(comparison, width);
  const below = [...table, ...notes(context, comparison, width)].slice(
    0,
    Math.max(table.length, height - 12),
  );
  const room = Math.max(6, height - below.length);
  return fitBlock([...draw(width, room), ...below], width, height);
}

function deviceOf({ ui }: DrawContext, { shared }: Comparison): string {
  return shared.devices[ui.device % shared.devices.length] as string;
}

/** What the configs differ in, then what they have in common. */
function configs(runs: readonly ReadRun[], width: number): Block {
  const rows = configDiff(runs);
  const fieldWidth = Math.min(34, Math.max(12, ...rows.map(({ field }) => field.length)) + 1);
  const each = Math.max(8, Math.floor((width - fieldWidth - 2) / runs.length));
  const line = ({ field, values, differs }: DiffRow): Line => [
    span(differs ? '≠ ' : '  ', 'warn', { bold: true }),
    ...fit([span(cut(field, fieldWidth - 1), 'muted')], fieldWidth),
    ...values.flatMap((value, i) =>
      fit(
        [
          span(cut(value ?? '-', each - 1), value === values[0] && i > 0 ? 'muted' : 'text', {
            bold: differs && value !== values[0],
          }),
        ],
        each,
      ),
    ),
  ];
  const differ = rows.filter((row) => row.differs);
  const head: Line = [
    span('  '),
    ...fit(muted('field'), fieldWidth),
    ...runs.flatMap(({ name }, i) =>
      fit([span(`${lookOf(i).glyph} ${cut(name, each - 3)}`, lookOf(i).role, { bold: true })], each),
    ),
  ];
  return [
    head,
    ...differ.map(line),
    muted(`Differing: ${differ.length} of ${rows.length} fields. The same:`),
    ...rows.filter((row) => !row.differs).map(line),
  ];
}

/** Everything there is to scroll through; undefined where the view fits itself to the screen. */
function content(context: DrawContext): Block | undefined {
  const runs = context.overlaid.filter(isRead);
  if (runs.length === 0 || context.ui.overlay !== 'configs') return undefined;
  return configs(runs, context.width);
}

function draw(context: DrawContext): Block {
  const { overlaid, ui, width, height } = context;
  if (overlaid.every((run) => !isRead(run) && run.problem === undefined)) return [muted(' reading the runs')];
  const lines = content(context);
  if (lines) return scrolled(lines, ui.scroll, width, height);
  const comparison = comparisonOf(context);
  if (comparison && comparison.runs.some(({ run }) => run.front.length > 0))
    return charts(context, comparison);
  const problems = overlaid.flatMap(({ name, problem }) =>
    problem === undefined
      ? []
      : wrapText(`${name}: ${problem}`, width - 1).map((part): Line => [span(` ${part}`, 'bad')]),
  );
  return [
    muted(comparison ? ' No run of these has a front yet.' : ' These runs have no device in common.'),
    ...problems,
  ];
}

export const overlayScreen: Screen = {
  id: 'overlay',
  title: 'Overlay',
  draw,
  act(action, context) {
    const { ui, height } = context;
    const lines = content(context);
    const scroll = lines && scrolledTo(action, ui.scroll, lines.length, height);
    if (scroll !== undefined) return { scroll };
    switch (action) {
      case 'next-view':
        return {
          overlay: overlayViews[(overlayViews.indexOf(ui.overlay) + 1) % overlayViews.length] as OverlayView,
          scroll: 0,
        };
      case 'device':
        return { device: ui.device + 1 };
      case 'log':
        return { log: !ui.log };
      case 'over-time':
        return { overTime: !ui.overTime };
      case 'baseline':
        return { baseline: nextBaseline(context) };
      case 'back':
        return { screen: ui.previous };
      default:
        return undefined;
    }
  },
  sheet: (context): Sheet => {
    const comparison = comparisonOf(context);
    return {
      head: ['run', 'trials', 'seconds', 'hypervolume'],
      rows: (comparison?.runs ?? []).flatMap(({ run }) => {
        const values = (comparison as Comparison).shared.growth(run.joined);
        return run.joined.map(({ trials, seconds }, i) => [run.name, trials, seconds, values[i]]);
      }),
    };
  },
};

function nextBaseline({ overlaid, ui }: DrawContext): string | undefined {
  const names = overlaid.map(({ name }) => name);
  return names[(Math.max(0, names.indexOf(ui.baseline ?? '')) + 1) % Math.max(1, names.length)];
}
