/** The one place where an error becomes a sentence and an exit code. */
import { CommanderError } from 'commander';
import { MixnasError, asSystemError, messageOf } from '../../base/index.js';

export interface Failure {
  readonly exitCode: number;
  /** What to print on stderr; empty when it was said already. */
  readonly text: string;
}

/** What the shell reports for a process that Ctrl-C ended. */
export const interruptedExitCode = 130;

/** Thrown by a command that has said everything, to end with an exit code. */
export class Exit extends Error {
  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
  }
}

/** Thrown by a command that was interrupted after it saved what it had. */
export class Interrupted extends Exit {
  constructor() {
    super(interruptedExitCode);
  }
}

/** Turns anything thrown by a command into what the user sees. */
export function describeFailure(thrown: unknown, debug: boolean): Failure {
  // What the operating system refuses is not a fault of the program.
  const error = asSystemError(thrown) ?? thrown;
  // commander prints its own message, and throws for `--help` and `--version` as well.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2, text: '' };
  if (error instanceof Exit) return { exitCode: error.exitCode, text: '' };
  if (error instanceof MixnasError) {
    const remedy = error.remedy === undefined ? '' : `\n${error.remedy}`;
    return {
      exitCode: error.exitCode,
      text: `mixnas: ${error.message}${remedy}${debug ? stackOf(error) : ''}`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const advice = debug
    ? stackOf(error)
    : '\nThis is a bug: please report it, with the stack that --debug shows.';
  return { exitCode: 1, text: `mixnas: internal error: ${message.replace(/^internal: /, '')}${advice}` };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause =
    error.cause === undefined ? '' : `\ncaused by:${stackOf(error.cause) || ` ${messageOf(error.cause)}`}`;
  return `\n${error.stack ?? error.message}${cause}`;
}
