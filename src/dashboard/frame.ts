/** One frame of the dashboard: two lines of header, the screen, one line of hints. Pure. */
import { type Binding, bindingsOn, keyLabel } from './bindings.js';
import { type Block, fit, fitBlock, type Line, lineWidth, type Span, span, textWidth } from './draw/block.js';
import { pathToFileURL } from 'node:url';
import { formatDuration, formatMs } from '../base/index.js';
import { completeFilter } from '../metrics/index.js';
import { vocabularyOf } from './model/query.js';
import { progressOf } from './model/progress.js';
import { helpBlock } from './screens/help.js';
import { screenOf, screens } from './screens/index.js';
import { promptTexts } from './prompts.js';
import type { DrawContext } from './screens/screen.js';

/** Rows of the frame that are not the screen's. */
export const headerRows = 2;
const footerRows = 1;

/** The smallest terminal that is drawn on. */
export const smallest = { columns: 40, rows: 12 };

/** The screen's part of a terminal; the last row stays free, see `open.ts`. */
export function screenSize(columns: number, rows: number): { width: number; height: number } {
  return { width: columns, height: Math.max(1, rows - 1 - headerRows - footerRows) };
}

/** A frame of `columns` by `rows - 1`. */
export function drawFrame(context: DrawContext, columns: number, rows: number): Block {
  if (columns < smallest.columns || rows < smallest.rows) {
    const text = `needs ${smallest.columns}x${smallest.rows}, has ${columns}x${rows}`;
    return fitBlock([[span(`mixnas ${text}`)]], columns, rows - 1);
  }
  return [
    tabLine(context),
    fit(statusLine(context), columns),
    ...bodyOf(context, screenSize(columns, rows)),
    fit(footer(context), columns),
  ];
}

/** What a body was drawn from, and the body: while nothing changes, only the header's clock is drawn. */
let last: { readonly from: readonly unknown[]; readonly body: Block } | undefined;
/** A screen without a clock is redrawn this often, for what fades with the time. */
const fadeMs = 10_000;

function bodyOf(context: DrawContext, { width, height }: { width: number; height: number }): Block {
  const { model, runs, exports, overlaid, alerts, machine, ui, glyphs, pictures, now } = context;
  const screen = screenOf(ui.screen);
  const time = screen.hasClock ? now : Math.floor(now / fadeMs);
  const from = [
    model,
    model.version,
    model.hypervolume.length,
    runs,
    exports.running?.message,
    exports.done,
    overlaid,
    alerts,
    machine,
    ui,
    glyphs,
    pictures,
    width,
    height,
    time,
  ];
  if (!screen.unfinished?.(context) && last?.from.every((value, i) => value === from[i])) return last.body;
  const drawn = ui.help ? helpBlock(ui.screen, width, height, ui.helpScroll) : screen.draw(context);
  last = { from, body: fitBlock(drawn, width, height) };
  return last.body;
}

/** What stands left of the tabs: the program and the run. */
function titleOf({ model }: DrawContext): Line {
  const name = model.view.name;
  const link = pathToFileURL(model.view.folder).href;
  return [span(' mixnas ', 'accent', { bold: true }), span(name, 'text', { bold: true, link }), span('  ')];
}

/** Columns of the title that the tabs leave alone. */
const titleRoom = 28;

/**
 * The screens at the right end of the first row, this one marked: with their names, or where those do not
 * fit with their numbers. `starts` and `ends` are their columns.
 */
export function tabs(context: DrawContext): {
  line: Line;
  starts: readonly number[];
  ends: readonly number[];
} {
  const active = context.ui.screen;
  const build = (label: (title: string, id: string) => string): Line =>
    screens.map(({ id, title }, i) => {
      const on = id === active;
      return span(` ${i + 1}${label(title, id)} `, on ? 'accent' : 'muted', { inverse: on, bold: on });
    });
  const full = build((title) => ` ${title}`);
  const room = context.width - Math.min(titleRoom, lineWidth(titleOf(context)));
  const line = lineWidth(full) <= room ? full : build((title, id) => (id === active ? ` ${title}` : ''));
  let end = context.width - lineWidth(line);
  const ends = line.map((part) => (end += textWidth(part.text)));
  return { line, starts: ends.map((to, i) => to - textWidth(line[i]?.text ?? '')), ends };
}

function tabLine(context: DrawContext): Line {
  const { line } = tabs(context);
  return [...fit(titleOf(context), Math.max(0, context.width - lineWidth(line))), ...line];
}

function statusLine({ model, now }: DrawContext): Line {
  const progress = progressOf(model, now);
  const roles = {
    running: 'good',
    finished: 'good',
    interrupted: 'warn',
    stopped: 'warn',
    failed: 'bad',
  } as const;
  const symbols = { running: '▸', finished: '✓', interrupted: '■', stopped: '■', failed: '✗' } as const;
  const left = progress.leftSeconds === undefined ? '' : ` · ${formatDuration(progress.leftSeconds)} left`;
  const failed = model.table.counts.failed;
  return [
    model.view.paused
      ? span(' ■ paused', 'warn')
      : span(` ${symbols[progress.phase]} ${progress.phaseText}`, roles[progress.phase]),
    span(` · ${progress.finished} of ${progress.budget} trials${left}`),
    span(' · hypervolume ', 'muted'),
    // It only grows: what is worked out of it so far is a lower bound.
    span(`${model.behind ? '≥ ' : ''}${progress.hypervolume.toFixed(3)}`, 'front'),
    span(failed > 0 ? ` · ${failed} failed` : '', 'bad'),
    span(model.view.problems.length > 0 ? ' · ⚠ see progress' : '', 'warn'),
  ];
}

const keyHint = ({ keys, hint }: Binding): Line => [
  span(` ${keyLabel(keys[0] ?? '')}`, 'accent'),
  span(` ${hint} `, 'muted'),
];

/** What a limit can be made tighter than: `: mali-g76 8.50 ms, ethos-u65 none`. */
const limitsNow = ({ devices }: DrawContext['model']): string =>
  `: ${devices.map(({ name, limitMs }) => `${name} ${limitMs === undefined ? 'none' : formatMs(limitMs)}`).join(', ')}`;

const optionsShown = 12;

/** What may come next in a filter, the one that Tab has chosen first. */
function optionsText(
  { text, tabbed }: NonNullable<DrawContext['ui']['prompt']>,
  model: DrawContext['model'],
): string {
  const options = tabbed
    ? [...tabbed.options.slice(tabbed.at), ...tabbed.options.slice(0, tabbed.at)]
    : completeFilter(text, vocabularyOf(model)).options;
  const shown = options.slice(0, optionsShown).map((option) => option.trim());
  return shown.length === 0 ? '' : `Tab: ${shown.join('  ')}`;
}

/** The last row: what is typed, a message, or the keys; those for help and for leaving always fit. */
function footer({ ui, width, model }: DrawContext): Line {
  if (ui.prompt) {
    const { label, hint } = promptTexts[ui.prompt.kind];
    const { text, problem } = ui.prompt;
    return [
      span(` ${label}: `, 'accent'),
      span(text),
      span(' ', 'cursor', { inverse: true }),
      problem === undefined
        ? span(
            `  ${ui.prompt.kind === 'filter' ? optionsText(ui.prompt, model) || hint : hint}${ui.prompt.kind === 'limit' ? limitsNow(model) : ''}`,
            'muted',
          )
        : span(`  expected ${problem}`, 'bad'),
    ];
  }
  if (ui.message) return [span(` ${ui.message.text}`, ui.message.role)];
  const hinted = bindingsOn(ui.screen).filter(
    ({ hint, hintOn, live }) =>
      hint !== undefined && (!live || model.view.live) && (hintOn?.includes(ui.screen) ?? true),
  );
  const always = hinted.filter(({ action }) => action === 'help' || action === 'quit');
  const line: Span[] = [];
  let room = width - lineWidth(always.flatMap(keyHint));
  for (const binding of hinted) {
    if (always.includes(binding)) continue;
    const hint = keyHint(binding);
    room -= lineWidth(hint);
    if (room < 0) break;
    line.push(...hint);
  }
  return [...line, ...always.flatMap(keyHint)];
}
