/** A program of the user: it ends when it should, and holds nothing up once it has ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../../base/index.js';
import { killGroup } from './groups.js';
import { guarded } from './guarded.js';
import { BoundedLines } from './lines.js';
import { listenTo } from './said.js';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it did not even start. */
  readonly notStarted?: { readonly reason: string; readonly code: string | undefined };
}

export interface ProgramOptions {
  readonly command: readonly [string, ...string[]];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A line of its output. */
  readonly onLine: (line: string) => void;
  /** Its output had a line longer than `mostLineBytes`, which begins so; it is ended. */
  readonly onTooLong: (beginning: string) => void;
  /** Whether all was received that it is expected to write. */
  readonly isComplete: () => boolean;
}

export interface Program {
  /** Undefined where it has not started. */
  readonly pid: number | undefined;
  /** Resolves once it has ended and what it wrote was handed over. */
  readonly ended: Promise<ProgramEnd>;
  /** Writes to its standard input; a program that does not read it shows by how it ends. */
  write(text: string): void;
  /** Its standard input ends here. */
  endInput(): void;
  /** Ends it at once, with all that it has started. */
  kill(): void;
  /** The last line of what it said on its standard error. */
  lastWords(): string;
}

/** Bytes of a line of output. */
export const mostLineBytes = 1_000_000;

/**
 * After a program has ended its pipes may stay open: by what still writes the last of its output, or by a daemon
 * that it left behind. That long is waited for the first, without a result and with one.
 */
const graceMs = { incomplete: 2000, complete: 250 };
/** A program that was ended and is still there waits for a broken device; nobody waits for it. */
const afterKillMs = 5000;

/** Starts a program, which ends with this process at the latest. */
export function startProgram(options: ProgramOptions): Program {
  const guard = guarded();
  const [file, ...args] = options.command;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that what a shell or a launcher started ends with it.
      detached: process.platform !== 'win32',
      env: { ...process.env, ...options.env, ...guard.env },
    });
  } catch (error) {
    guard.ended();
    return notStarted(error);
  }
  if (child.pid !== undefined) guard.started(child.pid);
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) return notStarted(new Error('it has no pipes'));
  stdin.on('error', () => {});
  stdout.on('error', () => {});
  const lastWords = listenTo(stderr);
  let killed = false;
  let afterKill: NodeJS.Timeout | undefined;
  let giveUp = (): void => {};

  function kill(): void {
    if (killed) return;
    killed = true;
    killGroup(child.pid);
    guard.killed();
    afterKill = setTimeout(() => giveUp(), afterKillMs);
  }

  const lines = new BoundedLines(mostLineBytes, options.onLine, (beginning) => {
    options.onTooLong(beginning);
    kill();
  });
  stdout.on('data', (chunk: Buffer) => lines.feed(chunk));

  const ended = new Promise<ProgramEnd>((done) => {
    let end: ProgramEnd = { code: null, signal: null };
    const timers: NodeJS.Timeout[] = [];
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      for (const timer of [...timers, afterKill]) clearTimeout(timer);
      lines.end();
      // What is left of the group, and the pipes of what has left it.
      killGroup(child.pid);
      guard.ended();
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
      done(end);
    };
    /** After what the pipes hold by now was read. */
    const letGo = () => void setImmediate(() => setImmediate(finish));
    giveUp = letGo;
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      end = { ...end, notStarted: reasonOf(error) };
      finish();
    });
    child.once('close', finish);
    child.once('exit', (code, signal) => {
      end = { code, signal };
      // It was killed and could not end what it had started.
      if (signal !== null) guard.killed();
      const early = () => (options.isComplete() || killed) && letGo();
      timers.push(setTimeout(early, graceMs.complete), setTimeout(letGo, graceMs.incomplete));
    });
  });
  return {
    pid: child.pid,
    ended,
    write: (text) => void stdin.write(text),
    endInput: () => void stdin.end(),
    kill,
    lastWords,
  };
}

const reasonOf = (error: unknown) => ({
  reason: messageOf(error),
  code: (error as NodeJS.ErrnoException).code,
});

/** The end of a program that has not started. */
async function endOf(error: unknown): Promise<ProgramEnd> {
  return { code: null, signal: null, notStarted: reasonOf(error) };
}

function notStarted(error: unknown): Program {
  return {
    pid: undefined,
    ended: endOf(error),
    write: () => {},
    endInput: () => {},
    kill: () => {},
    lastWords: () => '',
  };
}
