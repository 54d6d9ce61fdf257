/** What a program is asked, and the environment that it is asked in. */
import type { EvaluationJob } from '../../evaluator.js';
import type { CommandSpec } from './schema.js';

/** The line that the program reads. */
export function requestLine({ steps }: CommandSpec, job: EvaluationJob): string {
  const { trial, slot = 0, seed, architecture, weightsPath, part } = job;
  const { from = 0, until = steps, load, save } = part ?? {};
  const weights = weightsPath === undefined ? {} : { weights: weightsPath, weightsFormat: 'safetensors' };
  const request = { trial, worker: slot, seed, architecture, steps, from, until, load, save, ...weights };
  return `${JSON.stringify(request)}\n`;
}

/** The variables that say which worker it is, and which GPU it has. */
export function environmentOf(
  { gpus }: Pick<CommandSpec, 'gpus'>,
  slot: number,
): Readonly<Record<string, string>> {
  return {
    MIXNAS_WORKER: String(slot),
    ...(gpus && { CUDA_VISIBLE_DEVICES: String(gpus[slot % gpus.length]) }),
  };
}
