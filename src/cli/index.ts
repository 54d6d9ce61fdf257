/** The command line. `main` is all of it; `bin/mixnas.mjs` calls it. */
import { createProgram } from './program.js';
import { describeFailure, type Io, note } from './terminal/index.js';
/** Whether a terminal was closed: SIGHUP says so too, and a search saves and stops then. */
const isGone = (error: NodeJS.ErrnoException): boolean => error.code === 'EIO';

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 bad input, 130 interrupted. */
export async function main(args: readonly string[], io: Io = process): Promise<number> {
  // TensorFlow's own log lines say nothing that a user can act on.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // A reader that went away (`| head`) has seen enough.
  io.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    if (!isGone(error)) throw error;
  });
  io.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) throw error;
  });
  try {
    await createProgram(io).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const failure = describeFailure(error, args.includes('--debug'));
    if (failure.text) note(io, failure.text);
    return failure.exitCode;
  }
}
