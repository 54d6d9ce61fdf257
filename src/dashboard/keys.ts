/** From what ink reports to named keys and mouse events. */

/** A pressed key by name (`up`, `enter`, `ctrl+c`, `S`), typed or pasted text, or the mouse. */
export type InputEvent =
  | { readonly type: 'key'; readonly key: string }
  /** The terminal's answer about pictures. */
  | { readonly type: 'pictures'; readonly pictures: boolean }
  /** The terminal's answer about its background. */
  | { readonly type: 'background'; readonly isDark: boolean }
  | { readonly type: 'click'; readonly column: number; readonly row: number }
  | { readonly type: 'wheel'; readonly lines: number; readonly column: number; readonly row: number };

/** The part of ink's `Key` that is used. */
export interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
}

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  // Most terminals send the code of Delete for the key that is labelled Backspace.
  ['delete', 'backspace'],
] as const satisfies readonly (readonly [keyof InkKey, string])[];

const wheelStep = 3;

/** SGR mouse reports, with ink's leading escape taken off or not. */
const mousePattern = /\[<(\d+);(\d+);(\d+)([Mm])/;

function readMouse(input: string): InputEvent[] | undefined {
  const match = mousePattern.exec(input);
  if (!match) return undefined;
  const button = Number(match[1]);
  const place = { column: Number(match[2]) - 1, row: Number(match[3]) - 1 };
  if (button === 64 || button === 65) {
    return [{ type: 'wheel', lines: button === 64 ? -wheelStep : wheelStep, ...place }];
  }
  return button === 0 && match[4] === 'M' ? [{ type: 'click', ...place }] : [];
}

/** The events in one report of ink's `useInput`; several characters at once were pasted or typed fast. */
export function readInput(input: string, key: InkKey): InputEvent[] {
  const mouse = readMouse(input);
  if (mouse) return mouse;
  if (key.tab) return [{ type: 'key', key: key.shift ? 'shift+tab' : 'tab' }];
  const special = named.find(([flag]) => key[flag]);
  if (special) return [{ type: 'key', key: special[1] }];
  if (key.ctrl) return [{ type: 'key', key: `ctrl+${input}` }];
  // An escape sequence that is none of ours must not act as the letters in it.
  if (/^[[\]O]./.test(input) && input.length > 1) return [];
  return Array.from(input, (character) => ({
    type: 'key' as const,
    key: character === '\r' || character === '\n' ? 'enter' : character,
  }));
}
