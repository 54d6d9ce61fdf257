/** Starting a training from weights that are there: all of them, or all but the classifier where the classes differ. */
import { MixnasError } from '../../base/index.js';
import type { LayerGraph } from '../../models/index.js';
import {
  type DataSet,
  type TrainedNetwork,
  type Weights,
  arrangeClasses,
  initialWeights,
  variablesOf,
} from '../../training/index.js';

/** How the classifier of a network begins. */
export interface Start {
  readonly dataset: DataSet;
  /** The sentence for the user. */
  readonly text: string;
  readonly keepsClassifier: boolean;
}

/**
 * Decides what weights give to a training on other data, whose inputs are normalised as the weights expect. Classes that
 * are the same by name keep their outputs; any others begin with a new classifier.
 */
export function startOn({ data }: TrainedNetwork, dataset: DataSet, what: string): Start {
  const { mean, std, classes } = data;
  const normalised = { ...dataset, mean, std };
  const given = dataset.train.classes;
  const same = given.length === classes.length && given.every((name) => classes.includes(name));
  if (same) {
    return {
      dataset: arrangeClasses(normalised, classes, what),
      text: `${what} have the same ${classes.length} classes: the classifier is kept.`,
      keepsClassifier: true,
    };
  }
  return {
    dataset: normalised,
    text: `${what} have ${classes.length} classes (${few(classes)}), the data has ${given.length} (${few(given)}): the classifier starts new.`,
    keepsClassifier: false,
  };
}

const few = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')}, ...` : names.join(', ');

/**
 * The weights that a graph starts with. Gates that the weights lack start open.
 * @throws MixnasError `bad-data` where they are of another architecture, that names the first array that differs.
 */
export function startingWeights(
  graph: LayerGraph,
  { weights }: TrainedNetwork,
  keepsClassifier: boolean,
  what: string,
  seed: string | number,
): Weights {
  const own = new Map(initialWeights(graph, seed));
  const last = graph.ops.at(-1)?.name;
  const gated = [...weights.keys()].some((name) => name.includes('.gate.'));
  for (const { name, shape, op, gate } of variablesOf(graph)) {
    if (op.name === last && !keepsClassifier) continue;
    const found = weights.get(name);
    // Of weights without gates: they begin even, which is the identity.
    if (!found && gate && !gated) continue;
    if (found?.shape.join() !== shape.join()) {
      const has = found ? `is [${found.shape.join(', ')}] there` : 'is missing there';
      throw new MixnasError(
        'bad-data',
        `${what} are of another architecture: ${name} ${has}, the network has [${shape.join(', ')}].`,
        { remedy: 'Leave the architecture out: that of the weights is trained then.' },
      );
    }
    own.set(name, found);
  }
  return own;
}
