/** What ends a program before it has answered: its limits, and that nobody waits for it any more. */
import { ProcessLimits, type TrialLimits } from '../../limits/index.js';
import type { Program } from '../../programs/index.js';

/** Limits of a program: the evaluator's own time-out, and those of the search's trials. */
export function limitsOf(timeoutSeconds: number, limits: TrialLimits = {}): TrialLimits {
  return { ...limits, seconds: Math.min(timeoutSeconds, limits.seconds ?? timeoutSeconds) };
}

/** Watches a program, trial after trial. */
export class Leash {
  readonly #program: Program;
  readonly #limits: ProcessLimits | undefined;

  constructor(program: Program, limits: TrialLimits) {
    this.#program = program;
    const { pid } = program;
    if (pid === undefined) return;
    const watched = (this.#limits = new ProcessLimits(pid, limits, program.kill));
    void program.ended.then(() => watched.close());
  }

  /** A trial begins. The result ends the watch, and says what the program took, where it was ended for that. */
  begin(signal: AbortSignal | undefined): () => string | undefined {
    const { kill } = this.#program;
    if (signal?.aborted) kill();
    signal?.addEventListener('abort', kill);
    this.#limits?.begin();
    return () => {
      signal?.removeEventListener('abort', kill);
      return this.#limits?.end();
    };
  }
}
