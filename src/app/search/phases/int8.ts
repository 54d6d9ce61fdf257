/** The front's accuracy in 8-bit integers, where a config says that networks are deployed in them. */
import { existsSync } from 'node:fs';
import { type DataIdentity, formatPercent } from '../../../base/index.js';
import { evaluatorOf, int8Accuracy } from '../../../evaluation/index.js';
import type { FrontMember, RunWriter } from '../../../runs/index.js';
import { arrangeClasses, loadDataSet, loadRuntime } from '../../../training/index.js';
import { readSaved } from '../../network/index.js';
import type { SearchEvent } from '../events.js';
import type { SearchParts } from '../parts.js';
import { measuresAllInt8, measuresInt8 } from '../precision.js';

interface Int8Hooks {
  readonly identity?: DataIdentity | undefined;
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures the members of the front whose weights are there, and writes their accuracy in integers into the journal.
 * @param done trials that an earlier session has measured.
 * @returns false when the signal ended it.
 */
export async function int8Phase(
  { config, space }: SearchParts,
  writer: Pick<RunWriter, 'append' | 'weightsPath'>,
  front: readonly FrontMember[],
  { identity, onEvent, signal }: Int8Hooks,
  done: ReadonlySet<number>,
): Promise<boolean> {
  if (!measuresInt8(config) || measuresAllInt8(config)) return true;
  const waiting = front.filter(({ trial }) => !done.has(trial) && existsSync(writer.weightsPath(trial)));
  if (waiting.length === 0) return true;
  const loaded = await loadDataSet(config.dataset, { channels: space.spec.inputChannels, signal });
  const names = identity?.classes.map(({ name }) => name);
  const dataset = names ? arrangeClasses(loaded, names, 'The run') : loaded;
  const split = { validation: evaluatorOf(config.evaluator).heldOut, seed: config.seed };
  const runtime = await loadRuntime({ intraOpThreads: 1 });
  for (const { trial, accuracy } of waiting) {
    if (signal?.aborted) return false;
    const { architecture, weights } = readSaved(writer.weightsPath(trial));
    try {
      const options = { split, runtime, signal, float: true };
      const { int8, float = accuracy, images } = await int8Accuracy(architecture, weights, dataset, options);
      writer.append({ type: 'int8', id: trial, accuracy: int8, float, images });
      onEvent?.({
        type: 'notice',
        text: `trial ${trial} in 8-bit integers: ${formatPercent(int8, 2)}, ${formatPercent(float, 2)} in floats`,
      });
    } catch (error) {
      if (signal?.aborted) return false;
      throw error;
    }
  }
  return true;
}
