/** The colours of the roles, for terminals of unknown, dark and light background, and for those who need strong contrast. */
import type { Role } from './block.js';

export interface Paint {
  readonly rgb: readonly [number, number, number];
  /** The nearest of the 16 colours: an SGR parameter. */
  readonly basic: number;
}

export const paletteNames = ['any', 'dark', 'light', 'contrast'] as const;
/** `any`: mid-tones that can be read on dark and on light. `contrast`: on black or white, whichever it is. */
export type PaletteName = (typeof paletteNames)[number];
export type Palette = Readonly<Record<Role, Paint | undefined>>;

interface Tones {
  readonly orange: Paint;
  readonly blue: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly red: Paint;
  readonly purple: Paint;
  readonly grey: Paint;
}

const paint = (r: number, g: number, b: number, basic: number): Paint => ({ rgb: [r, g, b], basic });

// Okabe and Ito's palette ("Color Universal Design", 2008), which stays distinct with every common colour
// blindness; mid-tones, because the background may be dark or light.
const any: Tones = {
  orange: paint(230, 159, 0, 33),
  blue: paint(86, 180, 233, 36),
  green: paint(0, 158, 115, 32),
  yellow: paint(240, 228, 66, 93),
  red: paint(213, 94, 0, 31),
  purple: paint(204, 121, 167, 35),
  grey: paint(135, 135, 135, 90),
};
// The same hues, lighter: at least 7 to 1 against black for text that is read, 4.5 for grey.
const dark: Tones = {
  orange: paint(240, 176, 40, 33),
  blue: paint(110, 195, 245, 36),
  green: paint(60, 200, 155, 32),
  yellow: paint(245, 233, 90, 93),
  red: paint(255, 138, 76, 91),
  purple: paint(228, 160, 200, 95),
  grey: paint(150, 150, 150, 90),
};
// And darker: at least 4.5 to 1 against white.
const light: Tones = {
  orange: paint(150, 92, 0, 33),
  blue: paint(0, 98, 155, 34),
  green: paint(0, 110, 78, 32),
  yellow: paint(122, 100, 0, 33),
  red: paint(170, 60, 0, 31),
  purple: paint(140, 60, 105, 35),
  grey: paint(105, 105, 105, 90),
};

function paletteOf({ orange, blue, green, yellow, red, purple, grey }: Tones): Palette {
  return {
    text: undefined,
    muted: grey,
    accent: blue,
    front: orange,
    dominated: grey,
    infeasible: purple,
    fresh: yellow,
    limit: red,
    reference: blue,
    cursor: yellow,
    good: green,
    warn: orange,
    bad: red,
    series0: blue,
    series1: orange,
    series2: green,
    series3: purple,
  };
}

/** Nothing is faint: what is less important is plain text, and colour is left to what must be seen. */
const contrast: Palette = {
  ...paletteOf({ ...any, grey: any.grey }),
  muted: undefined,
  dominated: undefined,
  accent: undefined,
  front: paint(255, 215, 0, 93),
  fresh: paint(255, 215, 0, 93),
  cursor: undefined,
  warn: paint(255, 215, 0, 93),
};

export const palettes: Readonly<Record<PaletteName, Palette>> = {
  any: paletteOf(any),
  dark: paletteOf(dark),
  light: paletteOf(light),
  contrast,
};
