/** What an event changes: the one place where keys, clicks and the wheel become the next state. */
import { commandLine } from '../base/index.js';
import { choose } from './choose/pick.js';
import { selectedRow } from './model/selection.js';
import { alertWays } from './alerts/terminal-alert.js';
import { completeFilter } from '../metrics/index.js';
import { type Action, actionFor, type ScreenId, screenIds } from './bindings.js';
import { headerRows, tabs } from './frame.js';
import type { InputEvent } from './keys.js';
import { scrolledTo } from './screens/cursor.js';
import { helpLines } from './screens/help.js';
import { screenOf } from './screens/index.js';
import { vocabularyOf } from './model/query.js';
import { type Order, type Prompt, completed, orderOf } from './prompts.js';
import type { Change, DrawContext, Effect } from './screens/screen.js';
import type { UiState } from './state.js';

export interface Update {
  readonly ui: UiState;
  readonly effect: Effect | undefined;
}

/** The state after an event, and what else has to happen. */
export function update(event: InputEvent, context: DrawContext): Update {
  switch (event.type) {
    case 'key': {
      const { prompt } = context.ui;
      if (prompt !== undefined) return apply(context.ui, type(prompt, event.key, context));
      const action = actionFor(event.key, context.ui.screen);
      return apply(context.ui, action && act(action, context));
    }
    case 'pictures':
    case 'background':
      return { ui: context.ui, effect: undefined };
    case 'wheel': {
      let { ui } = context;
      for (let i = 0; i < Math.abs(event.lines); i++) {
        const here = { ...context, ui };
        ({ ui } = apply(ui, act(event.lines < 0 ? 'up' : 'down', here)));
      }
      return { ui, effect: undefined };
    }
    case 'click':
      return apply(context.ui, click(event.column, event.row, context));
  }
}

function apply(ui: UiState, change: Change | undefined): Update {
  const { effect, ...rest } = change ?? {};
  return { ui: { ...ui, message: undefined, ...rest }, effect };
}

/** A line while it is typed. */
function type(prompt: Prompt, key: string, context: DrawContext): Change {
  const { kind, text, trial } = prompt;
  const typed = { kind, trial };
  switch (key) {
    case 'enter':
      return keep(prompt, context);
    case 'escape':
    case 'ctrl+c':
      return { prompt: undefined };
    case 'backspace':
      return { prompt: { ...typed, text: Array.from(text).slice(0, -1).join('') } };
    case 'tab':
      return kind === 'filter'
        ? { prompt: completed(prompt, completeFilter(text, vocabularyOf(context.model))) }
        : {};
    case 'ctrl+u':
      return { prompt: { ...typed, text: '' } };
    default:
      return Array.from(key).length === 1 ? { prompt: { ...typed, text: text + key } } : {};
  }
}

/** What a typed line does. */
function keep(prompt: Prompt, { model }: DrawContext): Change {
  if (prompt.kind === 'filter') return { prompt: undefined, filter: prompt.text, scroll: 0 };
  const order = orderOf(prompt, model.devices);
  if (order === undefined) return { prompt: undefined };
  if ('problem' in order) return { prompt: { ...prompt, problem: order.problem } };
  return { prompt: undefined, effect: effectOf(order) };
}

function effectOf(order: Exclude<Order, undefined | { readonly problem: string }>): Effect {
  if ('command' in order) return { type: 'send', command: order.command };
  if ('network' in order) return { type: 'queue', network: order.network };
  return { type: 'export-network', ...order };
}

/** The keys that steer a search. */
function steer(action: Action, { model, ui }: DrawContext): Change | undefined {
  const { live, paused, name } = model.view;
  const change = steering(action);
  if (!change || live) return change;
  return {
    message: { text: `No search runs here; ${commandLine('resume', name)} resumes it.`, role: 'warn' },
  };

  function steering(asked: Action): Change | undefined {
    switch (asked) {
      case 'pause':
        return { effect: { type: 'send', command: { type: paused ? 'continue' : 'pause' } } };
      case 'budget':
      case 'queue':
      case 'stop':
        return { prompt: { kind: asked, text: '' } };
      case 'limit': {
        const device = model.devices[ui.device % Math.max(1, model.devices.length)];
        return { prompt: { kind: asked, text: device ? `${device.name}=` : '' } };
      }
      default:
        return undefined;
    }
  }
}

/** Copies what the cursor is on, as commands take it. */
function copy({ model, runs, ui }: DrawContext): Change {
  const row = ui.screen === 'choose' ? choose(model, ui.wishes).pick : selectedRow(model, ui);
  const run = ui.screen === 'runs' || ui.screen === 'overlay';
  const folder = runs.find(({ name }) => name === ui.run)?.folder ?? model.view.folder;
  const text = run || row === undefined ? folder : `${model.view.folder}#${model.row(row).id}`;
  return { effect: { type: 'copy', text } };
}

const alertTexts = {
  off: 'none are given in this terminal',
  bell: 'the bell',
  desktop: 'on the desktop, or by the bell where the terminal cannot',
} as const;

function act(action: Action, context: DrawContext): Change | undefined {
  const { ui } = context;
  const target = /^screen-(.+)$/.exec(action)?.[1] as ScreenId | undefined;
  if (target) return show(ui, target);
  switch (action) {
    case 'quit':
    case 'interrupt':
    case 'suspend':
    case 'redraw':
    case 'export':
      return { effect: { type: action } };
    case 'theme':
      return { effect: { type: 'theme' } };
    case 'copy':
      return screenOf(ui.screen).act(action, context) ?? copy(context);
    case 'alerts': {
      const alertWay = alertWays[(alertWays.indexOf(ui.alertWay) + 1) % alertWays.length] ?? 'off';
      return { alertWay, message: { text: `Alerts: ${alertTexts[alertWay]}`, role: 'accent' } };
    }
    case 'help':
      return { help: !ui.help, helpScroll: 0 };
    case 'next-screen':
      return show(ui, neighbourOf(ui.screen, 1));
    case 'previous-screen':
      return show(ui, neighbourOf(ui.screen, -1));
    case 'unmark':
      return { marked: [], markedRuns: [] };
    default:
      if (ui.help && action === 'back') return { help: false };
      if (ui.help) return scrollHelp(action, context);
      return steer(action, context) ?? screenOf(ui.screen).act(action, context);
  }
}

/** The help lies over the screen: the keys that move scroll it, and the others wait. */
function scrollHelp(action: Action, { ui, height }: DrawContext): Change | undefined {
  const helpScroll = scrolledTo(action, ui.helpScroll, helpLines(ui.screen), height - 1);
  return helpScroll === undefined ? undefined : { helpScroll };
}

function neighbourOf(screen: ScreenId, by: number): ScreenId {
  const count = screenIds.length;
  return screenIds[(screenIds.indexOf(screen) + by + count) % count] ?? 'front';
}

function show(ui: UiState, screen: ScreenId): Change {
  return { screen, previous: ui.screen === screen ? ui.previous : ui.screen, scroll: 0, help: false };
}

function click(column: number, row: number, context: DrawContext): Change | undefined {
  if (row === 0) {
    const { starts, ends } = tabs(context);
    const screen = screenIds[ends.findIndex((end, i) => column >= (starts[i] ?? 0) && column < end)];
    return screen && show(context.ui, screen);
  }
  if (context.ui.help) return undefined;
  return screenOf(context.ui.screen).click?.(column, row - headerRows, context);
}
