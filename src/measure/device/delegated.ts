/** How much of a model a delegate took, in what benchmark_model says of it. */
import { MixnasError } from '../../base/index.js';
import type { DeviceUnit } from './benchmark.js';

/**
 * A sentence for a model of which the delegate took a part only.
 * @throws MixnasError `failed` when it took nothing: what was timed is the CPU.
 */
export function delegated(name: string, said: string, unit: DeviceUnit): string | undefined {
  if (unit === 'cpu') return undefined;
  if (/graph will not be executed by the delegate/i.test(said)) {
    throw new MixnasError('failed', `${name} ran on the CPU: the delegate took none of it.`, {
      remedy: 'Measure the CPU (--unit cpu), or another model.',
    });
  }
  const parts = /partially executed by the delegate w\/ (\d+) delegate kernels/i.exec(said)?.[1];
  return parts && `${name} ran partly on the CPU: the delegate took ${parts} parts of it.`;
}
