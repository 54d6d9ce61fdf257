/** The dashboard for a screen reader: no full screen, but a line for each thing that changes. */
import { type Block, plainLine } from '../draw/block.js';

export interface Announcer {
  /** Says what of a frame was not there before. */
  show(frame: Block): void;
  /** Says all of the next frame. */
  reset(): void;
}

/** Lines of plots, borders and bars: nothing for a voice. */
const isDrawn = (text: string) => (text.match(/[\u2500-\u259f\u2800-\u28ff]/g)?.length ?? 0) > 2;

/** What counts up all the time is said no more often than this. */
const clockEveryMs = 15_000;
const spoken: Readonly<Record<string, string>> = {
  '●': 'on the front',
  '★': 'new on the front',
  '▸': 'selected',
  '■': 'marked',
  '✓': 'done',
  '✗': 'failed',
  '⚠': 'warning',
  '≠': 'differs',
  '·': '',
  '×': 'over a limit',
};

/** A line as it is read aloud: marks as words, columns apart by a comma. */
function aloud(text: string): string {
  return text
    .replaceAll(/[●★▸■✓✗⚠≠·×]/g, (mark) => ` ${spoken[mark] ?? ''} `)
    .replaceAll(/[\u2500-\u259f\u2800-\u28ff]+/g, ' ')
    .trim()
    .replaceAll(/\s{3,}/g, ', ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ,/g, ',');
}

/** Without its numbers two states of a clock are one. */
const shapeOf = (text: string) => text.replaceAll(/\d+(\.\d+)?/g, '#');

export function createAnnouncer(write: (text: string) => void): Announcer {
  let before = new Set<string>();
  let shapes = new Set<string>();
  let clockAt = Number.NEGATIVE_INFINITY;
  return {
    show(frame) {
      const lines = frame.map(plainLine).filter((text) => text.trim() !== '' && !isDrawn(text));
      const fresh = lines.filter((text) => !before.has(text));
      const isClock = performance.now() - clockAt < clockEveryMs;
      // A status line in which numbers alone are others waits its turn.
      const said = fresh.filter((text, i) => i > 1 || !isClock || !shapes.has(shapeOf(text)));
      if (said.length > 0) {
        clockAt = performance.now();
        write(said.map((text) => `${aloud(text)}\n`).join(''));
      }
      before = new Set(lines);
      shapes = new Set(lines.map(shapeOf));
    },
    reset() {
      before = new Set();
      shapes = new Set();
    },
  };
}
