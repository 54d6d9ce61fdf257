/** Puts frames on a terminal: each changed line at its place, nothing else, as one update. */
import { paintLine, type Theme } from './draw/ansi.js';
import type { Block, Line } from './draw/block.js';

export interface Painter {
  show(frame: Block): void;
  /** Paints in other colours from the next frame on. */
  use(theme: Theme): void;
  /** Clears the screen and forgets what was on it; the next frame is drawn whole. */
  reset(): void;
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

/** Paints in the colours and glyphs of a theme. */
export function createPainter(first: Theme, write: (text: string) => void): Painter {
  let theme = first;
  let shown: readonly string[] = [];
  /** Lines that are shown again are painted once. */
  let paints = new WeakMap<Line, string>();
  const painted = (line: Line): string => {
    const text = paints.get(line) ?? paintLine(line, theme);
    paints.set(line, text);
    return text;
  };
  return {
    show(frame) {
      const lines = frame.map(painted);
      const output = changes(shown, lines);
      shown = lines;
      if (output) write(`${begin}${output}${end}`);
    },
    use(next) {
      theme = next;
      paints = new WeakMap();
    },
    reset() {
      shown = [];
      write('\u001b[2J\u001b[H');
    },
  };
}
