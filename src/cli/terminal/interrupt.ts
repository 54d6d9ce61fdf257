/** Ctrl-C: the first asks a long command to save and stop, the second leaves at once. */
import { Interrupted, interruptedExitCode } from './failure.js';
import { type Io, note } from './io.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** What a signal does; the dashboard calls it for Ctrl-C. */
  readonly interrupt: () => void;
  /** Gives the signals back. */
  readonly release: () => void;
}

/** Listens for signals until `release`. @param onFirst says to the user what happens now. */
export function listenForInterrupt(onFirst: () => void): Interruption {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    controller.abort(new Interrupted());
    onFirst();
  };
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: controller.signal,
    interrupt,
    release() {
      for (const name of signals) process.off(name, interrupt);
    },
  };
}

/** Runs a command that can be stopped; throws `Interrupted` when it was. */
export async function interruptible<T>(io: Io, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = listenForInterrupt(() => note(io, '\nStopping. Ctrl-C again leaves at once.'));
  try {
    return await run(interruption.signal);
  } catch (error) {
    // Whatever failed on the way out is the interruption's doing.
    throw interruption.signal.aborted ? new Interrupted() : error;
  } finally {
    interruption.release();
  }
}
