/** The bell, and desktop notifications of terminals: OSC 9 (iTerm2, WezTerm, Ghostty, kitty, ConEmu) or OSC 777 (urxvt, foot, VTE). */
import { printable } from '../../base/index.js';

export const alertWays = ['off', 'bell', 'desktop'] as const;
export type AlertWay = (typeof alertWays)[number];

type Environment = Readonly<Record<string, string | undefined>>;

const bell = '\u0007';
const end = '\u001b\\';

/** Which sequence a terminal shows as a notification; undefined where none is known. */
export function notificationOf(env: Environment): 'osc9' | 'osc777' | undefined {
  const program = env['TERM_PROGRAM'] ?? '';
  const term = env['TERM'] ?? '';
  if (
    /^(iTerm\.app|WezTerm|ghostty)$/i.test(program) ||
    env['ConEmuANSI'] === 'ON' ||
    /kitty|ghostty|wezterm/.test(term)
  )
    return 'osc9';
  if (env['KITTY_WINDOW_ID'] || env['WEZTERM_PANE'] || env['ITERM_SESSION_ID']) return 'osc9';
  if (env['VTE_VERSION'] || /^(foot|rxvt)/.test(term)) return 'osc777';
  return undefined;
}

/** What a terminal is written for an alert. Inside tmux the notification is passed through to the terminal outside. */
export function alertSequence(way: AlertWay, title: string, text: string, env: Environment): string {
  if (way === 'off') return '';
  const kind = way === 'desktop' ? notificationOf(env) : undefined;
  if (kind === undefined) return bell;
  // A semicolon separates the parts of OSC 777, and begins another command in OSC 9.
  const plain = (value: string) => printable(value).replaceAll(';', ',').slice(0, 200);
  const body =
    kind === 'osc9' ? `9;${plain(`${title}: ${text}`)}` : `777;notify;${plain(title)};${plain(text)}`;
  const sequence = `\u001b]${body}${end}`;
  return env['TMUX'] ? `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}${end}` : sequence;
}
