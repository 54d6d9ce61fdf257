/** What a screen is: a pure drawing of a run and the state of the keys, and what its own keys change. */
import type { ShownAlert } from '../alerts/live-alerts.js';
import type { Action, ScreenId } from '../bindings.js';
import type { Block } from '../draw/block.js';
import { type Exports, noExports } from '../choose/exporter.js';
import { type MachineLoad, noLoad } from '../machine/sampler.js';
import type { OverlaidRun } from '../overlay/pool.js';
import type { Dots, GlyphSet } from '../draw/glyphs.js';
import type { Command } from '../../runs/index.js';
import type { RunEntry } from '../model/run-list.js';
import type { RunModel } from '../model/run-model.js';
import type { UiState } from '../state.js';

/** Everything that a drawing depends on. */
export interface DrawContext {
  readonly model: RunModel;
  /** The other runs in the folder, newest first. */
  readonly runs: readonly RunEntry[];
  readonly ui: UiState;
  /** What the search takes of this machine. */
  readonly machine: MachineLoad;
  /** What was given notice of, oldest first. */
  readonly alerts: readonly ShownAlert[];
  /** Networks that were exported from here. */
  readonly exports: Exports;
  /** The runs that are overlaid: those that are marked, with the baseline; the shown one where none is. */
  readonly overlaid: readonly OverlaidRun[];
  /** Columns and rows of the screen's part of the terminal. */
  readonly width: number;
  readonly height: number;
  readonly glyphs: GlyphSet;
  /** Whether the terminal shows pictures: plots of fronts are drawn in pixels then. */
  readonly pictures?: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the dots of a plot are drawn as. */
export const dotsOf = ({ pictures, glyphs }: Pick<DrawContext, 'pictures' | 'glyphs'>): Dots =>
  pictures ? 'pixels' : glyphs;

/** What a drawing of one run alone has of others, and of what only a dashboard does. */
export const alone = {
  runs: [],
  machine: noLoad,
  alerts: [],
  exports: noExports,
  overlaid: [],
} as const satisfies Partial<DrawContext>;

/** What has to happen in addition to showing the next state. */
export type Effect =
  | { readonly type: 'quit' | 'interrupt' | 'suspend' | 'redraw' | 'export' }
  | { readonly type: 'theme' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'open-run'; readonly folder: string }
  /** Asks something of the search that runs. */
  | { readonly type: 'send'; readonly command: Command }
  /** Queues a network by its name, file, or trial. */
  | { readonly type: 'queue'; readonly network: string }
  /** Exports a trial's network. */
  | { readonly type: 'export-network'; readonly trial: number; readonly args: readonly string[] }
  | { readonly type: 'stop-export' }
  /** Lets the user edit a network, and queues it. */
  | { readonly type: 'edit'; readonly row: number };

/** What an event changes: parts of the state, and an effect. */
export type Change = Partial<UiState> & { readonly effect?: Effect };

/** A table of values, for export. */
export interface Sheet {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

export interface Screen {
  readonly id: ScreenId;
  readonly title: string;
  /** Whether it shows the time, and is redrawn whenever that advances. */
  readonly hasClock?: boolean;
  /** Whether a part of the drawing was put off: it is drawn again soon. */
  unfinished?(context: DrawContext): boolean;
  /** At most `width` by `height`. */
  draw(context: DrawContext): Block;
  /** What a key does here; undefined when nothing. */
  act(action: Action, context: DrawContext): Change | undefined;
  /** What a click at a place of the screen does. */
  click?(column: number, row: number, context: DrawContext): Change | undefined;
  /** The values behind the drawing. */
  sheet(context: DrawContext): Sheet;
}
