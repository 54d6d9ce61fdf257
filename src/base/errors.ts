/**
 * The two kinds of error mixnas throws. A `MixnasError` is something a user can mend: it carries a
 * literal code and the remedy. An `InternalError` is a broken invariant of ours.
 */

export type ErrorCode =
  | 'bad-usage' // a wrong command line
  | 'bad-config' // a config, space or architecture that does not parse or makes no sense
  | 'bad-profile' // a hardware profile that is missing or broken
  | 'bad-data' // a data set that is missing, cut off or not what it claims to be
  | 'bad-run' // a run folder that is missing, broken, locked or of a newer version
  | 'infeasible' // no architecture of the space meets the limits
  | 'exhausted' // every architecture of the space has been proposed
  | 'no-backend' // no usable tensor backend
  | 'no-space' // the disk is full or not writable
  | 'diverged' // training gave NaN or infinity
  | 'evaluation-failed' // a trial failed for a reason of its own
  | 'failed'; // the rest

/** Codes that mean "your input is wrong" (exit code 2); every other code is exit code 1. */
const badInput: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad-usage',
  'bad-config',
  'bad-profile',
  'bad-data',
  'bad-run',
  'infeasible',
  'no-space',
]);

/** The longest sentence: what it quotes may be a megabyte of somebody's formula. */
const longest = 2000;

function bounded(text: string): string {
  if (text.length <= longest) return text;
  const left = longest * 0.8;
  const cut = text.length - longest;
  return `${text.slice(0, left)}... (${cut} characters left out) ...${text.slice(left + cut)}`;
}

/** An error with one clear sentence for the user and what to do about it. */
export class MixnasError extends Error {
  readonly code: ErrorCode;
  /** What to do, as an imperative sentence; shown after the message. */
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(bounded(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MixnasError';
    this.code = code;
    this.remedy = options.remedy && bounded(options.remedy);
  }

  /** The process exit code this error asks for: 2 for bad input, 1 otherwise. */
  get exitCode(): 1 | 2 {
    return badInput.has(this.code) ? 2 : 1;
  }
}

/** Thrown where a value or a state cannot occur unless mixnas itself is wrong. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`internal: ${message}`);
    this.name = 'InternalError';
  }
}

/** Ends a switch over a union: compiles only when every member is handled. */
export function unreachable(value: never): never {
  throw new InternalError(`unhandled case ${JSON.stringify(value)}`);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
