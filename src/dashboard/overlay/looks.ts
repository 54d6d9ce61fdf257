/** How runs are told apart on one plot: a glyph and a colour each, so that neither is needed alone. */
import type { Role } from '../draw/block.js';

export interface Look {
  readonly glyph: string;
  readonly role: Role;
}

const glyphs = ['●', '■', '▲', '◆', '○', '□', '△', '★'];
const roles: readonly Role[] = ['series0', 'series1', 'series2', 'series3', 'fresh', 'bad', 'accent'];

/** The look of the run at a place of the list. Glyphs and colours have different counts: 56 looks differ. */
export const lookOf = (place: number): Look => ({
  glyph: glyphs[place % glyphs.length] as string,
  role: roles[place % roles.length] as Role,
});
