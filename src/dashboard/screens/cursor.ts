/** Where the keys that move a cursor, or scroll, take it. */
import type { Action } from '../bindings.js';

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
