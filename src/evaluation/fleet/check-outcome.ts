/** Whether what a worker says of a trial can be true: whoever can write to Redis can say anything. */
import type { FleetJob, OutcomeMessage } from './protocol.js';

const mostSeconds = 1e9;

/** What makes an outcome incredible; undefined for one that can be. */
export function wrongIn(job: FleetJob, { trial, outcome }: OutcomeMessage): string | undefined {
  if (trial !== job.trial) return `trial ${trial} where it had trial ${job.trial}`;
  if (outcome.state !== 'complete') return undefined;
  const { accuracy } = outcome.values;
  if (accuracy === undefined || accuracy < 0 || accuracy > 1) return `an accuracy of ${accuracy}`;
  if (!(outcome.seconds >= 0 && outcome.seconds <= mostSeconds)) return `that it took ${outcome.seconds} s`;
  return undefined;
}
