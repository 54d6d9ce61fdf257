/** The help: made from the table of bindings, nothing else. */
import { bindingsOn, keyLabel, type ScreenId } from '../bindings.js';
import { scrolled } from './cursor.js';
import { type Block, sideBySide, fitBlock, type Line, span } from '../draw/block.js';

/** The keys of a screen, in two columns where there is room. */
export function helpBlock(screen: ScreenId, width: number, height: number, scroll = 0): Block {
  const rows = bindingsOn(screen).map(
    ({ keys, help }): Line => [span(` ${keys.map(keyLabel).join(' ').padEnd(14)} `, 'accent'), span(help)],
  );
  const title: Line = [span(` Keys on the ${screen} screen; ? or Esc goes back`, 'muted')];
  const room = height - 1;
  if (rows.length <= room || width < 100) return [title, ...scrolled(rows, scroll, width, room)];
  const half = Math.floor(width / 2);
  const split = Math.max(room, Math.ceil(rows.length / 2));
  return [
    title,
    ...fitBlock(
      sideBySide(
        { block: rows.slice(0, split), width: half },
        { block: rows.slice(split), width: width - half },
      ),
      width,
      room,
    ),
  ];
}

/** Lines of the help that scroll. */
export const helpLines = (screen: ScreenId): number => bindingsOn(screen).length;
