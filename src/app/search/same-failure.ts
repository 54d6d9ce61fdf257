/** A search in which everything fails in the same way is ended: the fault is not the networks'. */
import { MixnasError } from '../../base/index.js';
import type { SearchTrial } from './loop-context.js';

/** So many failures of one kind in a row, with nothing else before, end a search. */
const most = 5;

export interface FailureWatch {
  /** Something has succeeded: a trial, or a part of one. */
  succeed(): void;
  /** Takes a trial that has ended. Returns what ends the search. */
  take(trial: SearchTrial): MixnasError | undefined;
}

/** Two reasons are of one kind where they differ in numbers only: of a process, a trial, a time. */
const kindOf = (reason: string) => reason.replaceAll(/\d+/g, '#');

/** @param before trials of earlier sessions. */
export function createFailureWatch(before: readonly Pick<SearchTrial, 'state'>[]): FailureWatch {
  let succeeded = before.some(({ state }) => state === 'complete');
  let kind: string | undefined;
  let count = 0;
  return {
    succeed() {
      succeeded = true;
    },
    take({ state, reason = '' }) {
      if (state === 'complete') succeeded = true;
      if (succeeded || state !== 'failed') return undefined;
      count = kindOf(reason) === kind ? count + 1 : 1;
      kind = kindOf(reason);
      if (count < most) return undefined;
      return new MixnasError(
        'failed',
        `${most} trials in a row have failed alike, and none is complete: ${reason}`,
        {
          remedy: 'Mend what evaluates them, and start the search again.',
        },
      );
    },
  };
}
