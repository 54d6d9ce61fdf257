/** The supernet of a study: trained into a file, and read from it. */
import { readFileSync } from 'node:fs';
import {
  decodeTrainingState,
  readTrainingState,
  trainSupernet,
  writeTrainingState,
} from '../../src/training/index.js';

/** Steps between checkpoints, and between lines that say how far it is. */
const every = 100;

/** The weights that a checkpoint holds. */
export const weightsIn = (path: string) => decodeTrainingState(readFileSync(path), path).weights;

/** Trains a supernet, resuming the checkpoint at `path` where there is one. */
export async function trainInto(
  path: string,
  options: Omit<Parameters<typeof trainSupernet>[0], 'from' | 'checkpoint' | 'onProgress'>,
): Promise<void> {
  await trainSupernet({
    ...options,
    from: readTrainingState(path),
    checkpoint: { every, save: (state) => writeTrainingState(path, state) },
    onProgress: ({ step, steps, loss }) => {
      if (step % every === 0) console.error(`supernet: step ${step} of ${steps}, loss ${loss.toFixed(3)}`);
    },
  });
}
