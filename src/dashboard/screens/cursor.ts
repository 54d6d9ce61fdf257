/** Where the keys that move a cursor, or scroll, take it. */
import type { Action } from '../bindings.js';
import { type Block, fitBlock, span } from '../draw/block.js';

/**
 * The place after a key, within a list of `count`; undefined for a key that does not move.
 * @param page how far a page goes.
 */
export function moved(action: Action, at: number, count: number, page: number): number | undefined {
  const to = (place: number): number => Math.max(0, Math.min(count - 1, place));
  switch (action) {
    case 'up':
      return to(at - 1);
    case 'down':
      return to(at + 1);
    case 'page-up':
      return to(at - page);
    case 'page-down':
      return to(at + page);
    case 'first':
      return to(0);
    case 'last':
      return to(count - 1);
    default:
      return undefined;
  }
}

/** The lines from `scroll` on that fit; the last one says how many follow. */
export function scrolled(lines: Block, scroll: number, width: number, height: number): Block {
  const from = Math.min(scroll, Math.max(0, lines.length - height));
  const more = lines.length - from - height;
  const shown = fitBlock(lines.slice(from), width, height);
  return more > 0 ? [...shown.slice(0, -1), [span(`↓ ${more + 1} more lines`, 'muted')]] : shown;
}

/** Where a key scrolls `lines` lines to; undefined for a key that does not scroll. */
export function scrolledTo(
  action: Action,
  scroll: number,
  lines: number,
  height: number,
): number | undefined {
  const stops = Math.max(1, lines - height + 1);
  return moved(action, Math.min(scroll, stops - 1), stops, Math.max(1, height - 2));
}
