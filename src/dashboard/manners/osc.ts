/** Sequences that ask something of the terminal itself: its background, its clipboard, a link. */

type Environment = Readonly<Record<string, string | undefined>>;

const end = '\u001b\\';

/** Inside tmux a sequence is passed through to the terminal outside. */
const passed = (sequence: string, env: Environment): string =>
  env['TMUX'] ? `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}${end}` : sequence;

/** Puts a text on the clipboard (OSC 52), also of the machine that an ssh session comes from. */
export const copySequence = (text: string, env: Environment): string =>
  passed(`\u001b]52;c;${Buffer.from(text).toString('base64')}${end}`, env);

/** Asks for the background colour (OSC 11); the answer comes as if it were typed. */
export const backgroundQuery = `\u001b]11;?${end}`;

/** Whether an answer to `backgroundQuery` is of a dark background; undefined for what is none. */
export function isDarkAnswer(text: string): boolean | undefined {
  const match = /\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(text);
  if (!match) return undefined;
  const [r, g, b] = match.slice(1, 4).map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1)) as [
    number,
    number,
    number,
  ];
  // Rec. 709 weights: which of black and white text would be read better on it.
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.5;
}

/** Whether a terminal says by itself what its background is: `COLORFGBG` of rxvt, Konsole and others. */
export function isDarkByEnvironment(env: Environment): boolean | undefined {
  const background = Number(env['COLORFGBG']?.split(';').at(-1) || Number.NaN);
  return Number.isInteger(background) ? background < 7 || background === 8 : undefined;
}

/** Whether a terminal is known to have links (OSC 8); others show nothing of them, but some very old ones the address. */
export function hasLinks(env: Environment): boolean {
  const term = env['TERM'] ?? '';
  return (
    /^(iTerm\.app|WezTerm|ghostty|vscode|Hyper)$/i.test(env['TERM_PROGRAM'] ?? '') ||
    /kitty|alacritty|foot|ghostty|wezterm/.test(term) ||
    Number(env['VTE_VERSION'] ?? 0) >= 5000 ||
    env['WT_SESSION'] !== undefined ||
    env['KONSOLE_VERSION'] !== undefined
  );
}

/** A text as a link; the address is a URL already. */
export const linked = (text: string, address: string): string =>
  `\u001b]8;;${address}${end}${text}\u001b]8;;${end}`;
