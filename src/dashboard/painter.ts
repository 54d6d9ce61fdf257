/** Puts frames on a terminal: each changed line at its place, nothing else, as one update. */

export interface Painter {
  show(frame: readonly string[]): void;
  /** Clears the screen and forgets what was on it; the next frame is drawn whole. */
  reset(): void;
}

// Terminals that know synchronized updates show all of it at once; others ignore these.
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/** What turns the lines `before` into the lines `after` on a screen that they begin at the top of. */
export function changes(before: readonly string[], after: readonly string[]): string {
  let output = '';
  for (let row = 0; row < Math.max(before.length, after.length); row++) {
    const line = after[row] ?? '';
    if (line !== before[row]) output += `\u001b[${row + 1};1H${line}\u001b[0m\u001b[K`;
  }
  return output;
}

export function createPainter(write: (text: string) => void): Painter {
  let shown: readonly string[] = [];
  return {
    show(frame) {
      const output = changes(shown, frame);
      shown = frame;
      if (output) write(`${begin}${output}${end}`);
    },
    reset() {
      shown = [];
      write('\u001b[2J\u001b[H');
    },
  };
}
