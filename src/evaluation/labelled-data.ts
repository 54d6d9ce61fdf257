/** The data of a run, as its evaluators load it in every process. */
import { parseSpace } from '../models/index.js';
import { type DataSet, arrangeClasses, loadDataSet } from '../training/index.js';
import type { TrainingData } from './evaluator.js';

/** The channels of the networks of a run's space; undefined where the evaluator has none. */
const channelsOf = (space: unknown) =>
  space === undefined ? undefined : parseSpace(space).spec.inputChannels;

/**
 * Loads the data set and labels its classes in the order that the run has.
 * @param channels what the networks take; default: what those of the run's space take.
 * @throws MixnasError `bad-data`; `bad-config` for a number of channels that the images do not have.
 */
export async function loadLabelled(
  { dataset, identity, space }: Pick<TrainingData, 'dataset' | 'identity' | 'space'>,
  channels = channelsOf(space),
): Promise<DataSet> {
  const loaded = await loadDataSet(dataset, { channels });
  if (!identity) return loaded;
  return arrangeClasses(
    loaded,
    identity.classes.map(({ name }) => name),
    'The run',
  );
}
