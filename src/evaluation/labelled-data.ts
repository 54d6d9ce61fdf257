/** The data of a run, as its evaluators load it in every process. */
import { type DataSet, arrangeClasses, loadDataSet } from '../training/index.js';
import type { TrainingData } from './evaluator.js';

/** Loads the data set and labels its classes in the order that the run has. @throws MixnasError `bad-data`. */
export async function loadLabelled({
  dataset,
  identity,
}: Pick<TrainingData, 'dataset' | 'identity'>): Promise<DataSet> {
  const loaded = await loadDataSet(dataset);
  if (!identity) return loaded;
  return arrangeClasses(
    loaded,
    identity.classes.map(({ name }) => name),
    'The run',
  );
}
