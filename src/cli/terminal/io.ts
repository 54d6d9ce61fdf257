/**
 * Where a command prints: answers to stdout, everything else to stderr. Nothing else in this room writes to
 * either: names and reasons come from files of others, and what would move the cursor or set a title is
 * replaced here, where text leaves.
 */
import { printable, printableJson, printableLines } from '../../base/index.js';
import { type Block, detectTheme, paintBlock } from '../../dashboard/index.js';

/** The streams and the environment of one invocation; tests pass their own. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The answer for a machine: one line of JSON, alone on stdout. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${printableJson(JSON.stringify(value))}\n`);
}

/** An answer that is text already, or JSON that was laid out for a person. */
export function printText(io: Io, text: string): void {
  io.stdout.write(printableLines(text));
}

export function printJsonText(io: Io, json: string): void {
  io.stdout.write(`${printableJson(json)}\n`);
}

/** The answer for a person, coloured where stdout is a terminal that has colours. */
export function printBlock(
  io: Io,
  block: Block,
  options: { readonly ascii?: boolean | undefined } = {},
): void {
  const theme = detectTheme(io.stdout, io.env, options);
  io.stdout.write(`${paintBlock(block, theme, theme.colours !== 'none')}\n`);
}

/** Rings the bell where that is heard, never in a log. */
export function ringBell({ stderr }: Pick<Io, 'stderr'>): void {
  if (stderr.isTTY) stderr.write('\u0007');
}

/** A line of progress or advice. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${printableLines(text)}\n`);
}

/** Whether stderr can rewrite its last line. */
function canRewrite(io: Io): boolean {
  return io.stderr.isTTY && io.env['TERM'] !== 'dumb';
}

/** Progress of one long step on stderr: a line rewritten in place on a terminal, now and then else. */
export interface ProgressLine {
  update(text: string): void;
  /** Leaves the last state, or `text`, on the screen. */
  done(text?: string): void;
  /** Writes a line of its own, wherever stderr goes. */
  say(text: string): void;
}

/**
 * @param everyMs how often a line is written where lines cannot be rewritten; what takes less long than
 *   that writes nothing there.
 */
export function createProgressLine(io: Io, everyMs = 10_000): ProgressLine {
  const rewrite = canRewrite(io);
  let last = rewrite ? Number.NEGATIVE_INFINITY : performance.now();
  let shown = false;
  let pending: string | undefined;
  const show = (text: string): void => {
    const width = (io.stderr.columns ?? 80) - 1;
    io.stderr.write(rewrite ? `\r\u001b[K${printable(text).slice(0, width)}` : `${printable(text)}\n`);
    last = performance.now();
    shown = true;
    pending = undefined;
  };
  return {
    update(text) {
      pending = text;
      if (performance.now() - last >= (rewrite ? 100 : everyMs)) show(text);
    },
    done(text) {
      const final = text ?? pending;
      if (final !== undefined && (rewrite || shown)) show(final);
      if (rewrite && shown) io.stderr.write('\n');
    },
    say(text) {
      note(io, text);
    },
  };
}
