/** What a screen is: a pure drawing of a run and the state of the keys, and what its own keys change. */
import type { Action, ScreenId } from '../bindings.js';
import type { Block } from '../draw/block.js';
import type { GlyphSet } from '../draw/glyphs.js';
import type { RunModel } from '../model/run-model.js';
import type { UiState } from '../state.js';

/** Everything that a drawing depends on. */
export interface DrawContext {
  readonly model: RunModel;
  readonly ui: UiState;
  /** Columns and rows of the screen's part of the terminal. */
  readonly width: number;
  readonly height: number;
  readonly glyphs: GlyphSet;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Screen {
  readonly id: ScreenId;
  readonly title: string;
  /** At most `width` by `height`. */
  draw(context: DrawContext): Block;
  /** What a key does here; undefined when nothing. */
  act(action: Action, context: DrawContext): Partial<UiState> | undefined;
  /** What a click at a place of the screen does. */
  click?(column: number, row: number, context: DrawContext): Partial<UiState> | undefined;
}
