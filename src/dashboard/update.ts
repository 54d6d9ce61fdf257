/** What an event changes: the one place where keys, clicks and the wheel become the next state. */
import { type Action, actionFor, type ScreenId, screenIds } from './bindings.js';
import { headerRows, tabs } from './frame.js';
import type { InputEvent } from './keys.js';
import { screenOf } from './screens/index.js';
import type { DrawContext } from './screens/screen.js';
import type { UiState } from './state.js';

/** What the dashboard must do beside showing the next state. */
export type Effect = 'quit' | 'interrupt' | 'suspend' | undefined;

export interface Update {
  readonly ui: UiState;
  readonly effect: Effect;
}

/** The state after an event, and what else has to happen. */
export function update(event: InputEvent, context: DrawContext): Update {
  const { ui } = context;
  const next = (change: Partial<UiState> | undefined): Update => ({
    ui: { ...ui, message: undefined, ...change },
    effect: undefined,
  });
  switch (event.type) {
    case 'key':
      if (ui.typing !== undefined) return next(type(ui, event.key));
      return act(actionFor(event.key, ui.screen), context);
    case 'wheel': {
      const action = event.lines < 0 ? 'up' : 'down';
      let state = context;
      for (let i = 0; i < Math.abs(event.lines); i++) state = { ...state, ui: act(action, state).ui };
      return { ui: state.ui, effect: undefined };
    }
    case 'click':
      return next(click(event.column, event.row, context));
  }
}

/** The filter line while it is typed. */
function type(ui: UiState, key: string): Partial<UiState> {
  const typing = ui.typing ?? '';
  switch (key) {
    case 'enter':
      return { typing: undefined, filter: typing, scroll: 0 };
    case 'escape':
    case 'ctrl+c':
      return { typing: undefined };
    case 'backspace':
      return { typing: Array.from(typing).slice(0, -1).join('') };
    case 'ctrl+u':
      return { typing: '' };
    default:
      return Array.from(key).length === 1 ? { typing: typing + key } : {};
  }
}

function act(action: Action | undefined, context: DrawContext): Update {
  const { ui } = context;
  const next = (change: Partial<UiState> | undefined, effect?: Effect): Update => ({
    ui: { ...ui, message: undefined, ...change },
    effect,
  });
  if (action === undefined) return next(undefined);
  if (action === 'quit' || action === 'interrupt' || action === 'suspend') return next(undefined, action);
  if (action === 'help') return next({ help: !ui.help });
  if (ui.help && action === 'back') return next({ help: false });
  const target = /^screen-(.+)$/.exec(action)?.[1] as ScreenId | undefined;
  if (target) return next(show(ui, target));
  if (action === 'next-screen' || action === 'previous-screen') {
    const by = action === 'next-screen' ? 1 : screenIds.length - 1;
    return next(show(ui, screenIds[(screenIds.indexOf(ui.screen) + by) % screenIds.length] ?? 'front'));
  }
  return next(screenOf(ui.screen).act(action, context));
}

function show(ui: UiState, screen: ScreenId): Partial<UiState> {
  return { screen, previous: ui.screen === screen ? ui.previous : ui.screen, scroll: 0, help: false };
}

function click(column: number, row: number, context: DrawContext): Partial<UiState> | undefined {
  if (row === 0) {
    const { starts, ends } = tabs(context);
    const tab = ends.findIndex((end, i) => column >= (starts[i] ?? 0) && column < end);
    const screen = screenIds[tab];
    return screen && show(context.ui, screen);
  }
  if (context.ui.help) return undefined;
  return screenOf(context.ui.screen).click?.(column, row - headerRows, context);
}
