/** The one table of keys: what handles them, the help and the documentation are all made from it. */

export const screenIds = ['front', 'trials', 'candidate', 'progress', 'devices', 'runs'] as const;
export type ScreenId = (typeof screenIds)[number];

export type Action =
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'redraw'
  | 'help'
  | 'next-screen'
  | 'previous-screen'
  | `screen-${ScreenId}`
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'mark'
  | 'unmark'
  | 'device'
  | 'stops'
  | 'log'
  | 'zoom'
  | 'over-time'
  | 'sort'
  | 'reverse'
  | 'filter'
  | 'parent'
  | 'second-parent'
  | 'pause'
  | 'budget'
  | 'limit'
  | 'queue'
  | 'edit'
  | 'stop'
  | 'export';

export interface Binding {
  /** Names as `keys.ts` gives them; the first is the one that hints show. */
  readonly keys: readonly string[];
  readonly action: Action;
  /** What it does, as an imperative. */
  readonly help: string;
  /** One word for the line of hints; without it the key is not hinted at. */
  readonly hint?: string;
  /** Screens where it works; everywhere by default. */
  readonly on?: readonly ScreenId[];
  /** Screens that hint at it; where it works by default. */
  readonly hintOn?: readonly ScreenId[];
  /** Whether it steers a search that runs: nothing is hinted at where none does. */
  readonly live?: boolean;
}

const trialScreens: readonly ScreenId[] = ['front', 'trials', 'candidate'];

/** Keys that ask something of a search that runs. */
const steering = (
  [
    { keys: ['p'], action: 'pause', help: 'pause the search, or continue it', hint: 'pause' },
    {
      keys: ['b'],
      action: 'budget',
      help: 'change how many trials, or how long, is searched',
      hint: 'budget',
    },
    { keys: ['L'], action: 'limit', help: 'tighten a latency limit', hint: 'limit' },
    { keys: ['c'], action: 'queue', help: 'queue a candidate to be tried next', hint: 'queue' },
    { keys: ['x'], action: 'stop', help: 'stop the search after the current trials', hint: 'stop' },
    {
      keys: ['E'],
      action: 'edit',
      help: 'edit the candidate in $EDITOR and queue the result',
      hint: 'edit',
      on: trialScreens,
    },
  ] satisfies Binding[]
).map((binding): Binding => ({ ...binding, live: true, hintOn: ['progress', 'candidate'] }));

export const bindings: readonly Binding[] = [
  ...screenIds.map(
    (id, i): Binding => ({ keys: [String(i + 1)], action: `screen-${id}`, help: `show the ${id} screen` }),
  ),
  { keys: ['tab'], action: 'next-screen', help: 'show the next screen' },
  { keys: ['shift+tab'], action: 'previous-screen', help: 'show the previous screen' },
  { keys: ['up', 'k'], action: 'up', help: 'move up; on the front, to the next better accuracy' },
  { keys: ['down', 'j'], action: 'down', help: 'move down; on the front, to the next lower accuracy' },
  {
    keys: ['left', 'h'],
    action: 'left',
    help: 'move to the next faster candidate',
    on: ['front', 'candidate'],
  },
  {
    keys: ['right', 'l'],
    action: 'right',
    help: 'move to the next slower candidate',
    on: ['front', 'candidate'],
  },
  { keys: ['pageup', 'ctrl+b'], action: 'page-up', help: 'move a page up' },
  { keys: ['pagedown', 'ctrl+f'], action: 'page-down', help: 'move a page down' },
  { keys: ['home', 'g'], action: 'first', help: 'move to the first' },
  { keys: ['end', 'G'], action: 'last', help: 'move to the last' },
  { keys: ['enter'], action: 'open', help: 'show the candidate', hint: 'open', on: ['front', 'trials'] },
  { keys: ['enter'], action: 'open', help: 'open the run', hint: 'open', on: ['runs'] },
  { keys: ['escape'], action: 'back', help: 'clear the filter, or go back' },
  { keys: [' '], action: 'mark', help: 'mark for comparison', hint: 'mark', on: [...trialScreens, 'runs'] },
  { keys: ['u'], action: 'unmark', help: 'take all marks away', on: [...trialScreens, 'runs'] },
  {
    keys: ['d'],
    action: 'device',
    help: 'show the next device, and on the front after the last all of them',
    hint: 'device',
    on: ['front', 'candidate', 'devices'],
  },
  {
    keys: ['a'],
    action: 'stops',
    help: 'move over all trials, or over the front only',
    hint: 'all',
    on: ['front'],
  },
  {
    keys: ['y'],
    action: 'log',
    help: 'make the horizontal axis logarithmic, or linear',
    hint: 'log',
    on: ['front', 'progress'],
  },
  { keys: ['z'], action: 'zoom', help: 'zoom in on the front, or out', hint: 'zoom', on: ['front'] },
  {
    keys: ['t'],
    action: 'over-time',
    help: 'draw over time, or over trials',
    hint: 'time',
    on: ['progress'],
  },
  { keys: ['s'], action: 'sort', help: 'sort by the next column', hint: 'sort', on: ['trials'] },
  { keys: ['S'], action: 'reverse', help: 'turn the order around', hint: 'reverse', on: ['trials'] },
  {
    keys: ['/'],
    action: 'filter',
    help: 'filter: accuracy>70% mali-g76<12 params<1M, failed, front, mutation',
    hint: 'filter',
    on: ['trials'],
  },
  {
    keys: ['o'],
    action: 'parent',
    help: 'show the parent (origin) of the candidate',
    hint: 'origin',
    on: ['candidate'],
  },
  {
    keys: ['O'],
    action: 'second-parent',
    help: 'show the second parent of the candidate',
    on: ['candidate'],
  },
  ...steering,
  { keys: ['e'], action: 'export', help: 'export the view as CSV and SVG', hint: 'export' },
  { keys: ['?'], action: 'help', help: 'show or hide this help', hint: 'help' },
  { keys: ['ctrl+l'], action: 'redraw', help: 'redraw the screen' },
  { keys: ['ctrl+z'], action: 'suspend', help: 'suspend; fg in the shell comes back' },
  { keys: ['q'], action: 'quit', help: 'leave the dashboard', hint: 'quit' },
  { keys: ['ctrl+c'], action: 'interrupt', help: 'leave; a search of this process saves and stops' },
];

/** What a key does on a screen; undefined when nothing. */
export function actionFor(key: string, screen: ScreenId): Action | undefined {
  return bindingsOn(screen).find((binding) => binding.keys.includes(key))?.action;
}

/** The bindings that work on a screen. */
export function bindingsOn(screen: ScreenId): readonly Binding[] {
  return bindings.filter(({ on }) => on === undefined || on.includes(screen));
}

const symbols: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  ' ': 'Space',
};

/** A key as help writes it. */
export function keyLabel(key: string): string {
  const control = /^ctrl\+(.)$/.exec(key)?.[1];
  return control ? `Ctrl-${control.toUpperCase()}` : (symbols[key] ?? key);
}
