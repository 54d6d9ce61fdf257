/** The data of a run, as its evaluators load it in every process. */
import { type DataSet, arrangeClasses, loadDataSet } from '../training/index.js';
import type { TrainingData } from './evaluator.js';

/**
 * Loads the data set and labels its classes in the order that the run has.
 * @param channels what the networks take.
 * @throws MixnasError `bad-data`; `bad-config` for a number of channels that the images do not have.
 */
export async function loadLabelled(
  { dataset, identity }: Pick<TrainingData, 'dataset' | 'identity'>,
  channels: number | undefined,
): Promise<DataSet> {
  const loaded = await loadDataSet(dataset, { channels });
  if (!identity) return loaded;
  return arrangeClasses(
    loaded,
    identity.classes.map(({ name }) => name),
    'The run',
  );
}
