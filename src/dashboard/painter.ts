/** Puts frames on a terminal: each changed line at its place, nothing else, as one update. */
import { paintLine, type Theme } from './draw/ansi.js';
import { type Block, type Line, textWidth } from './draw/block.js';
import { type PlacedPicture, noPictures, placeSequence, placedKey, removeSequence } from './manners/kitty.js';

export interface Painter {
  show(frame: Block): void;
  /** Paints in other colours from the next frame on. */
  use(theme: Theme): void;
  /** Clears the screen and forgets what was on it; the next frame is drawn whole. */
  reset(): void;
  /** Takes away what leaving the screen would not. */
  leave(): void;
}

// Terminals that know synchronized updates show all of it at once; others ignore these.
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/** What turns the lines `before` into the lines `after` on a screen that they begin at the top of. */
function changes(before: readonly string[], after: readonly string[]): string {
  let output = '';
  for (let row = 0; row < Math.max(before.length, after.length); row++) {
    const line = after[row] ?? '';
    if (line !== before[row]) output += `\u001b[${row + 1};1H${line}\u001b[0m\u001b[K`;
  }
  return output;
}

/** The pictures of a frame, at their places. */
function picturesOf(frame: Block): PlacedPicture[] {
  return frame.flatMap((line, row) => {
    let column = 0;
    return line.flatMap(({ text, picture }) => {
      const at = column;
      column += picture ? 0 : textWidth(text);
      return picture ? [{ picture, column: at, row }] : [];
    });
  });
}

/** Paints in the colours and glyphs of a theme. */
export function createPainter(first: Theme, write: (text: string) => void): Painter {
  let theme = first;
  let shown: readonly string[] = [];
  /** What pictures are on the screen, in the order of their numbers. */
  let placed: readonly string[] = [];
  /** Lines that are shown again are painted once. */
  let paints = new WeakMap<Line, string>();
  const painted = (line: Line): string => {
    const text = paints.get(line) ?? paintLine(line, theme);
    paints.set(line, text);
    return text;
  };
  /** What turns the pictures on the screen into those of a frame. */
  function pictureChanges(frame: Block): string {
    const pictures = picturesOf(frame);
    const palette = theme.palette ?? 'any';
    const keys = pictures.map((one) => placedKey(one, palette));
    const changed = pictures.map((one, i) =>
      keys[i] === placed[i] ? '' : placeSequence(one, i + 1, palette),
    );
    const gone = placed.slice(keys.length).map((_, i) => removeSequence(keys.length + i + 1));
    placed = keys;
    return [...gone, ...changed].join('');
  }
  return {
    show(frame) {
      const lines = frame.map(painted);
      const output = changes(shown, lines) + pictureChanges(frame);
      shown = lines;
      if (output) write(`${begin}${output}${end}`);
    },
    use(next) {
      theme = next;
      paints = new WeakMap();
    },
    reset() {
      shown = [];
      write(`${placed.length > 0 ? noPictures : ''}\u001b[2J\u001b[H`);
      placed = [];
    },
    leave() {
      if (placed.length > 0) write(noPictures);
      placed = [];
    },
  };
}
