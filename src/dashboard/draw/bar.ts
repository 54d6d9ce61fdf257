/** Horizontal bars. */
import { type Line, type Role, span } from './block.js';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `share` of `width`, in eighths of a character, over a dim track. */
export function bar(share: number, width: number, role: Role): Line {
  const filled = Math.round(Math.min(1, Math.max(0, share || 0)) * width * 8);
  const whole = Math.floor(filled / 8);
  const part = eighths[filled % 8] ?? '';
  return [
    span('█'.repeat(whole) + part, role),
    span('░'.repeat(Math.max(0, width - whole - (part ? 1 : 0))), 'muted'),
  ];
}
