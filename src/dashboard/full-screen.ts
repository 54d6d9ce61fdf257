/**
 * The terminal while the dashboard is up: alternate screen, hidden cursor, mouse reports, raw keys; and its way back
 * to what it was, whichever way the dashboard goes: closed, suspended, killed or crashed.
 */

/** The streams that the dashboard takes over. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const enterSequence = '\u001b[?1049h\u001b[?25l\u001b[?1000h\u001b[?1006h';
const leaveSequence = '\u001b[?1006l\u001b[?1000l\u001b[?25h\u001b[?1049l';

/** What others print to stderr meanwhile is kept, up to this many characters, and shown afterwards. */
const heldLimit = 64_000;

export interface FullScreen {
  enter(): void;
  leave(): void;
  /** Leaves, and forgets about signals and exits. */
  dispose(): void;
}

/**
 * Takes the terminal over with `enter`. Until `dispose`, the terminal is put back when the process exits
 * or crashes, and `onSignal` is called for signals that end it, after the terminal was put back.
 * @param keepsScreen takes the keys alone: what is written stays on the screen that was there.
 */
export function createFullScreen(
  { stdin, stdout, stderr }: TerminalStreams,
  onSignal: (signal: NodeJS.Signals) => void,
  keepsScreen = false,
): FullScreen {
  let inside = false;
  let held = '';
  const writeError = stderr.write.bind(stderr);

  const leave = (): void => {
    if (!inside) return;
    inside = false;
    stdin.setRawMode(false);
    if (!keepsScreen) stdout.write(leaveSequence);
    stderr.write = writeError;
    if (held) stderr.write(held);
    held = '';
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  const onEnd = (signal: NodeJS.Signals): void => {
    leave();
    onSignal(signal);
  };
  /** A terminal that was closed has no raw mode to leave; SIGHUP ends the dashboard then. */
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EIO') throw error;
  };
  stdin.on('error', onError);
  process.on('exit', leave);
  // Before Node prints the stack, so that it lands on the screen that stays.
  process.on('uncaughtExceptionMonitor', leave);
  for (const signal of signals) process.on(signal, onEnd);

  return {
    enter() {
      if (inside) return;
      inside = true;
      // Before anything reads keys: what is typed ahead must not show.
      stdin.setRawMode(true);
      if (!keepsScreen) stdout.write(enterSequence);
      stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
        if (held.length < heldLimit)
          held += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
        const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
        done?.();
        return true;
      };
    },
    leave,
    dispose() {
      leave();
      stdin.off('error', onError);
      process.off('exit', leave);
      process.off('uncaughtExceptionMonitor', leave);
      for (const signal of signals) process.off(signal, onEnd);
    },
  };
}
