/** How fast the networks of a space train here, with every worker busy. */
import { upperMedian } from '../../../base/index.js';
import type { Executor } from '../../../evaluation/index.js';
import type { Architecture } from '../../../models/index.js';
import type { Speed } from './plan.js';

/** The first steps compile and warm up. */
const warmSteps = 4;
export const measuredSteps = 28;

/**
 * Trains one network a worker for some steps, twice, at the same time: the difference is what steps take.
 * @param networks one a worker, such as a search proposes.
 * @returns undefined where the signal or a fault ended it.
 */
export async function measureSpeed(
  executor: Executor,
  networks: readonly Architecture[],
): Promise<Speed | undefined> {
  const run = async (until: number): Promise<number | undefined> => {
    const outcomes = await Promise.all(
      networks.map((architecture, trial) =>
        executor.run({ trial, architecture, seed: `speed/${trial}`, part: { from: 0, until } }),
      ),
    );
    const seconds = outcomes.flatMap((one) => (one.state === 'complete' ? [one.seconds] : []));
    return seconds.length === 0 ? undefined : upperMedian(seconds);
  };
  const short = await run(warmSteps);
  const long = short === undefined ? undefined : await run(measuredSteps);
  if (short === undefined || long === undefined) return undefined;
  const secondsPerStep = Math.max(1e-5, (long - short) / (measuredSteps - warmSteps));
  return { secondsPerStep, secondsBesides: Math.max(0, short - warmSteps * secondsPerStep) };
}
