/** The one table of keys: what handles them, the help and the documentation are all made from it. */

export const screenIds = [
  'front',
  'trials',
  'candidate',
  'progress',
  'devices',
  'runs',
  'choose',
  'overlay',
  'insight',
] as const;
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
  | 'export'
  | 'tighten'
  | 'loosen'
  | 'tighten-little'
  | 'loosen-little'
  | 'run-limits'
  | 'weigh-more'
  | 'weigh-less'
  | 'hide'
  | 'knee'
  | 'compare'
  | 'export-network'
  | 'stop-export'
  | 'next-view'
  | 'baseline'
  | 'alerts'
  | 'theme'
  | 'copy';

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
const choosing: readonly ScreenId[] = ['choose'];

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
    on: ['front', 'candidate', 'insight'],
  },
  {
    keys: ['right', 'l'],
    action: 'right',
    help: 'move to the next slower candidate',
    on: ['front', 'candidate', 'insight'],
  },
  { keys: ['pageup', 'ctrl+b'], action: 'page-up', help: 'move a page up' },
  { keys: ['pagedown', 'ctrl+f'], action: 'page-down', help: 'move a page down' },
  { keys: ['home', 'g'], action: 'first', help: 'move to the first' },
  { keys: ['end', 'G'], action: 'last', help: 'move to the last' },
  {
    keys: ['enter'],
    action: 'open',
    help: 'show the candidate',
    hint: 'open',
    on: ['front', 'trials', 'choose', 'insight'],
  },
  { keys: ['enter'], action: 'open', help: 'open the run', hint: 'open', on: ['runs'] },
  { keys: ['escape'], action: 'back', help: 'clear the filter, or go back' },
  {
    keys: [' '],
    action: 'mark',
    help: 'mark for comparison',
    hint: 'mark',
    on: [...trialScreens, 'runs', 'choose', 'insight'],
  },
  {
    keys: ['u'],
    action: 'unmark',
    help: 'take all marks away',
    on: [...trialScreens, 'runs', 'choose', 'insight'],
  },
  {
    keys: ['d'],
    action: 'device',
    help: 'show the next device, and on the front after the last all of them',
    hint: 'device',
    on: ['front', 'candidate', 'devices', 'choose', 'overlay'],
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
    on: ['front', 'progress', 'choose', 'overlay'],
  },
  {
    keys: ['z'],
    action: 'zoom',
    help: 'zoom in on the front, or out',
    hint: 'zoom',
    on: ['front', 'choose'],
  },
  {
    keys: ['t'],
    action: 'over-time',
    help: 'draw over time, or over trials',
    hint: 'time',
    on: ['progress', 'overlay'],
  },
  { keys: ['s'], action: 'sort', help: 'sort by the next column', hint: 'sort', on: ['trials'] },
  { keys: ['S'], action: 'reverse', help: 'turn the order around', hint: 'reverse', on: ['trials'] },
  {
    keys: ['/'],
    action: 'filter',
    help: 'find trials: accuracy > 70% and mali-g76 < 12 and any kernel = 9; Tab completes',
    hint: 'find',
    on: [...trialScreens, 'choose', 'insight'],
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
  {
    keys: ['left', 'h'],
    action: 'tighten',
    help: 'tighten the limit on the shown device to the next member of the front',
    hint: 'tighter',
    on: choosing,
  },
  {
    keys: ['right', 'l'],
    action: 'loosen',
    help: 'loosen it to the next member',
    hint: 'looser',
    on: choosing,
  },
  { keys: ['['], action: 'tighten-little', help: 'tighten it by 1 %', on: choosing },
  { keys: [']'], action: 'loosen-little', help: 'loosen it by 1 %', on: choosing },
  { keys: ['r'], action: 'run-limits', help: 'take the limits of the run again', on: choosing },
  {
    keys: ['+', '='],
    action: 'weigh-more',
    help: 'let the objective count more',
    hint: 'weigh',
    on: choosing,
  },
  { keys: ['-'], action: 'weigh-less', help: 'let the objective count less', on: choosing },
  { keys: ['i'], action: 'hide', help: 'hide what breaks a limit, or show it', hint: 'hide', on: choosing },
  { keys: ['n'], action: 'knee', help: 'go to the knee', hint: 'knee', on: ['choose', 'front'] },
  {
    keys: ['v'],
    action: 'compare',
    help: 'compare the candidates block by block',
    hint: 'compare',
    on: choosing,
  },
  {
    keys: ['x'],
    action: 'export-network',
    help: 'export the chosen network for a device',
    hint: 'export',
    on: choosing,
  },
  { keys: ['X'], action: 'stop-export', help: 'stop the export that runs', on: choosing },
  {
    keys: ['v'],
    action: 'next-view',
    help: 'show fronts, progress, or the differences of the configs',
    hint: 'view',
    on: ['overlay'],
  },
  {
    keys: ['v'],
    action: 'next-view',
    help: 'show what matters, parallel coordinates, or kernels by depth',
    hint: 'view',
    on: ['insight'],
  },
  {
    keys: ['B'],
    action: 'baseline',
    help: 'pin the baseline; on the overlay, the next run',
    hint: 'baseline',
    on: ['runs', 'overlay'],
  },
  { keys: ['v'], action: 'compare', help: 'overlay the marked runs', hint: 'overlay', on: ['runs'] },
  ...steering,
  { keys: ['e'], action: 'export', help: 'export the view as CSV and SVG', hint: 'export' },
  {
    keys: ['A'],
    action: 'alerts',
    help: 'give notice by the bell, on the desktop, or not',
    hint: 'alerts',
    hintOn: ['progress'],
  },
  { keys: ['C'], action: 'copy', help: 'copy the trial, or the run, as commands take it' },
  { keys: ['T'], action: 'theme', help: 'take the next colours: dark, light, high contrast, any' },
  { keys: ['?'], action: 'help', help: 'show or hide this help', hint: 'help' },
  { keys: ['ctrl+l'], action: 'redraw', help: 'redraw the screen' },
  { keys: ['ctrl+z'], action: 'suspend', help: 'suspend; fg in the shell comes back' },
  { keys: ['q'], action: 'quit', help: 'leave the dashboard', hint: 'quit' },
  { keys: ['ctrl+c'], action: 'interrupt', help: 'leave; a search of this process saves and stops' },
];

/** The bindings that work: a user may have others. */
let inForce: readonly Binding[] = bindings;

/** Takes a user's keys, or those above again. */
export function useBindings(mine: readonly Binding[] = bindings): void {
  inForce = mine;
}

/** What a key does on a screen; undefined when nothing. */
export function actionFor(key: string, screen: ScreenId): Action | undefined {
  return bindingsOn(screen).find((binding) => binding.keys.includes(key))?.action;
}

/** Whether a screen has another use for the keys of a binding that works everywhere. */
const isTaken = ({ keys }: Binding, here: readonly Binding[]) =>
  here.some(({ on, keys: others }) => on !== undefined && keys.every((key) => others.includes(key)));

/** Screens where a binding that works everywhere does not: they have another use for its keys. */
export const exceptOn = (binding: Binding): readonly ScreenId[] =>
  binding.on === undefined ? screenIds.filter((id) => !bindingsOn(id).includes(binding)) : [];

/** The bindings that work on a screen. */
export function bindingsOn(screen: ScreenId): readonly Binding[] {
  const here = inForce.filter(({ on }) => on === undefined || on.includes(screen));
  return here.filter((binding) => binding.on !== undefined || !isTaken(binding, here));
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
