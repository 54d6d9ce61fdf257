/** Evaluations that the machine has lost are tried again. */
import { setTimeout as wait } from 'node:timers/promises';
import type { EvaluationOutcome } from '../evaluator.js';
import { boundedReason } from '../reason.js';

/** How often an evaluation is tried that is ended from outside. */
export const attempts = 3;
const shortPauseMs = 100;

export interface AttemptHooks {
  /** Called for each attempt that was lost. */
  readonly onLost: (reason: string) => void;
  /** Whether nobody waits for the outcome any more. */
  readonly isOver: () => boolean;
  /** Before the second attempt; before the third twice that. Default 100. */
  readonly pauseMs?: number | undefined;
}

/** The outcome of an evaluation, as a journal can hold it: the first that is not a fault of the machine. */
export async function withAttempts(
  evaluate: () => Promise<EvaluationOutcome>,
  { onLost, isOver, pauseMs = shortPauseMs }: AttemptHooks,
): Promise<EvaluationOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await evaluate();
    if (outcome.state !== 'failed') return outcome;
    const reason = boundedReason(outcome.reason);
    if (outcome.fault === undefined || isOver()) return { ...outcome, reason };
    onLost(reason);
    if (attempt === attempts) {
      const again = `It was tried ${attempts} times; \`mixnas resume\` tries it again.`;
      return { ...outcome, reason: `${reason} ${again}` };
    }
    await wait(attempt * pauseMs);
  }
}
