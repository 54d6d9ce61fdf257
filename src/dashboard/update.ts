/** What an event changes: the one place where keys, clicks and the wheel become the next state. */
import { type Action, actionFor, type ScreenId, screenIds } from './bindings.js';
import { headerRows, tabs } from './frame.js';
import type { InputEvent } from './keys.js';
import { screenOf } from './screens/index.js';
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
      const { typing } = context.ui;
      if (typing !== undefined) return apply(context.ui, type(typing, event.key));
      const action = actionFor(event.key, context.ui.screen);
      return apply(context.ui, action && act(action, context));
    }
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

/** The filter line while it is typed. */
function type(text: string, key: string): Change {
  switch (key) {
    case 'enter':
      return { typing: undefined, filter: text, scroll: 0 };
    case 'escape':
    case 'ctrl+c':
      return { typing: undefined };
    case 'backspace':
      return { typing: Array.from(text).slice(0, -1).join('') };
    case 'ctrl+u':
      return { typing: '' };
    default:
      return Array.from(key).length === 1 ? { typing: text + key } : {};
  }
}

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
    case 'help':
      return { help: !ui.help };
    case 'next-screen':
      return show(ui, neighbourOf(ui.screen, 1));
    case 'previous-screen':
      return show(ui, neighbourOf(ui.screen, -1));
    case 'unmark':
      return { marked: [], markedRuns: [] };
    default:
      if (ui.help && action === 'back') return { help: false };
      return screenOf(ui.screen).act(action, context);
  }
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
