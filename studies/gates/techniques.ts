/**
 * Ways to train hard gates at half of their MACs, one at a time, next to the network that is open and to one without
 * gates that has about as few MACs for every image.
 */
import {
  type Architecture,
  countCost,
  type GateShares,
  expectedMacs,
  lower,
  parseArchitecture,
} from '../../src/models/index.js';
import {
  type DataSet,
  type Recipe,
  type RecipeInput,
  type Runtime,
  type Weights,
  evaluateNetwork,
  initialWeights,
  recipeSchema,
  train,
} from '../../src/training/index.js';
import { head, large, network } from './cases.js';

/** A part of a training: it starts from the weights of the part before. */
interface Phase {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
}

/** A technique: its phases have the same steps in all as every other's. */
export interface Technique {
  readonly name: string;
  readonly about: string;
  readonly phases: readonly Phase[];
}

/** What is kept of a training. */
export interface TechniqueResult {
  /** On the test images. */
  readonly accuracy: number;
  readonly loss: number;
  readonly macs: number;
  /** On average over the test images. */
  readonly expectedMacs: number;
  /** How often each group of each gate runs, of the test images. */
  readonly runs: GateShares;
  readonly seconds: number;
}

/** What the study of 2.6 points had: half of all MACs are 0.36 of those that gates may skip. */
const half = { penalty: 20, target: 0.36 } as const;
const hard = network('hard', large, head);

/** A network without gates that has about half of the MACs for every image: small kernels where they cost most. */
export function staticHalf(): Architecture {
  const plain = network('none', large, head);
  const [first, second, ...others] = plain.blocks;
  const small = { kernels: [3, 5] };
  return parseArchitecture({
    ...plain,
    blocks: [{ ...first, ...small }, { ...second, ...small }, ...others],
  });
}

/** @param steps of each training, all phases together. */
export function techniquesOf(steps: number): readonly Technique[] {
  const recipe = (gates: RecipeInput['gates'] = {}, more: Partial<RecipeInput> = {}) =>
    recipeSchema.parse({ steps, gates, ...more });
  const one = (name: string, about: string, gates: RecipeInput['gates'], architecture = hard): Technique => ({
    name,
    about,
    phases: [{ architecture, recipe: recipe(gates) }],
  });
  const first = Math.round(steps / 2);
  /** Half of the steps without hard gates, then half with them at half of the learning rate, closing from the start. */
  const after = (gate: 'none' | 'soft', gates: RecipeInput['gates'] = {}): readonly Phase[] => [
    { architecture: network(gate, large, head), recipe: recipe({}, { steps: first }) },
    {
      architecture: hard,
      recipe: recipe(
        { ...half, temperature: 1, warmup: 0, annealing: 0.5, ...gates },
        { steps: steps - first, learningRate: 0.25, warmup: 0.1 },
      ),
    },
  ];
  const bounds = { weight: 10, low: 0.15, high: 0.45 };
  const open = { weight: 0.5, distillation: 0.5 };
  return [
    one('open', 'no penalty; groups are skipped from half of the steps on', {
      penalty: 0,
      warmup: 0.5,
      annealing: 0.9,
    }),
    {
      name: 'static',
      about: 'no gates: kernels 3 and 5 in the first two blocks, 3, 7, 11 in the third',
      phases: [{ architecture: staticHalf(), recipe: recipe() }],
    },
    one('half', 'a penalty on more than half of the MACs', half),
    { name: 'from-soft', about: '`half` after half of the steps with soft gates', phases: after('soft') },
    { name: 'from-ungated', about: '`half` after half of the steps without gates', phases: after('none') },
    one('distilled', '`half`, taught by the same network fully open (`open`)', { ...half, open }),
    one('bounded', '`half`, each gate kept between 15 and 45 % of its own MACs (`bounds`)', {
      ...half,
      bounds,
    }),
    one(
      'sigmoid',
      '`half`, each group weighed by itself (`gateWeights: sigmoid`), logistic noise of scale 1',
      { ...half, noise: 1 },
      network('hard', large, head, { gateWeights: 'sigmoid' }),
    ),
    one(
      'rank',
      "groups close by rank until 0.36 of each gate's MACs run (`closing: rank`)",
      { penalty: 0, target: half.target, closing: 'rank' },
      network('hard', large, head, { gateThreshold: 'learned' }),
    ),
    one('early', '`half`, closed after 30 % of the steps', { ...half, warmup: 0.05, annealing: 0.3 }),
    one('slow-gates', '`half`, gates at the learning rate of the rest', { ...half, learningRate: 1 }),
    {
      name: 'from-soft-distilled-bounded',
      about: '`from-soft`, `distilled` and `bounded` together',
      phases: after('soft', { bounds, open }),
    },
  ];
}

/** Trains a technique from a seed and measures it on the test images. */
export async function runTechnique(
  { phases }: Technique,
  seed: number,
  { dataset, runtime }: { readonly dataset: DataSet; readonly runtime: Runtime },
): Promise<TechniqueResult> {
  const split = { validation: Math.floor(dataset.train.count / 10), seed: 1 };
  let weights: Weights | undefined;
  let seconds = 0;
  for (const { architecture, recipe } of phases) {
    const graph = lower(architecture);
    // Gates that the phase before had not begin open.
    const begin: Weights | undefined = weights && new Map([...initialWeights(graph, seed), ...weights]);
    const result = await train({ graph, dataset, split, recipe, seed, runtime, weights: begin });
    ({ weights } = result);
    seconds += result.seconds;
  }
  const graph = lower((phases.at(-1) as Phase).architecture);
  const measured = await evaluateNetwork({
    graph,
    weights: weights as Weights,
    set: dataset.test,
    normalisation: dataset,
    runtime,
  });
  const { accuracy, loss, gates = {} } = measured;
  const runs = Object.fromEntries(Object.entries(gates).map(([name, own]) => [name, own.runs]));
  const { macs } = countCost(graph);
  return { accuracy, loss, macs, expectedMacs: expectedMacs(graph, runs), runs, seconds };
}
