/** What the user sees of the run: everything that keys change. Plain data, one value for each frame. */
import type { AlertWay } from './alerts/terminal-alert.js';
import type { ScreenId } from './bindings.js';
import type { Role } from './draw/block.js';
import type { InsightView } from './insight/views.js';
import type { OverlayView } from './overlay/views.js';
import { type Wishes, noWishes } from './choose/pick.js';
import type { Prompt } from './prompts.js';

export interface UiState {
  readonly screen: ScreenId;
  /** The screen that Esc goes back to. */
  readonly previous: ScreenId;
  /** Index of the device shown; as many as there are devices: all of them. */
  readonly device: number;
  /** The trial that the cursor is on, by its id; the front's knee, or the first trial, until it moves. */
  readonly selected: number | undefined;
  /** Ids of the trials marked for comparison, in the order of marking. */
  readonly marked: readonly number[];
  /** Whether the cursor moves over all trials of the plot, not only over the front. */
  readonly allStops: boolean;
  readonly log: boolean;
  readonly zoomed: boolean;
  /** Whether progress is drawn over time instead of over trials. */
  readonly overTime: boolean;
  readonly sort: { readonly column: string; readonly descending: boolean };
  readonly filter: string;
  /** What is being typed; undefined when nothing is. */
  readonly prompt: Prompt | undefined;
  /** First line shown where a screen scrolls. */
  readonly scroll: number;
  /** The run that the cursor of the list of runs is on, by its name; the open one until it moves. */
  readonly run: string | undefined;
  readonly markedRuns: readonly string[];
  /** The run that others are measured by, by its name; the first of those overlaid until one is pinned. */
  readonly baseline: string | undefined;
  readonly overlay: OverlayView;
  readonly insight: InsightView;
  /** What is asked for on the screen that chooses. */
  readonly wishes: Wishes;
  /** Whether candidates are compared there. */
  readonly comparing: boolean;
  /** How the dashboard gives notice of what happens. */
  readonly alertWay: AlertWay;
  readonly help: boolean;
  /** First line of the help that is shown, where not all are. */
  readonly helpScroll: number;
  /** A line for the user, until the next key. */
  readonly message: { readonly text: string; readonly role: Role } | undefined;
}

export const initialState: UiState = {
  screen: 'front',
  previous: 'front',
  device: 0,
  selected: undefined,
  marked: [],
  allStops: false,
  log: false,
  zoomed: false,
  overTime: false,
  sort: { column: 'id', descending: true },
  filter: '',
  prompt: undefined,
  scroll: 0,
  run: undefined,
  markedRuns: [],
  baseline: undefined,
  overlay: 'fronts',
  insight: 'importance',
  wishes: noWishes,
  comparing: false,
  alertWay: 'off',
  help: false,
  helpScroll: 0,
  message: undefined,
};

/** A list with a value added, or taken out when it was in. */
export function toggled<T>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
}
