/** What the whole job is: the space, the limits, the contestants, and how a network is priced. */
import { loadSpace } from '../../src/app/config/spaces.js';
import { createPredictor, loadProfile } from '../../src/hardware/index.js';
import { type Architecture, type MixnetSpace, lower, scaleTo } from '../../src/models/index.js';
import { hypervolume } from '../../src/pareto/index.js';
import { type Recipe, type ResolvedDataSpec, recipeSchema } from '../../src/training/index.js';

/** Where latency and limits are priced. */
export const deploy = { resolution: 224, classes: 1000 } as const;

/** Milliseconds on two phones that a network must keep within. */
export const limits: Readonly<Record<string, number>> = { 'mali-g76': 8, 'adreno-640': 4 };

/** Who takes part: ours, and Optuna with the PyTorch trainer. */
export const contestants = ['auto', 'supernet', 'random', 'optuna-tpe', 'optuna-gp'] as const;
export type Contestant = (typeof contestants)[number];

/** A network that a contestant has evaluated. */
export interface Candidate {
  readonly genome: readonly number[];
  /** As the contestant measured it. */
  readonly accuracy: number;
}

/** What a search gave. */
export interface Found {
  readonly candidates: readonly Candidate[];
  /** Networks that were trained, to the end or in part. */
  readonly trained: number;
  /** Images that they were trained on. */
  readonly images: number;
  /** Seconds of the search by the clock. */
  readonly seconds: number;
}

export interface Whole {
  readonly space: MixnetSpace;
  readonly spaceName: string;
  readonly data: ResolvedDataSpec;
  readonly at: { readonly resolution: number; readonly classes: number };
  readonly minutes: number;
}

export const openSpace = (name: string): MixnetSpace => loadSpace(name);

const predictors = Object.keys(limits).map((name) => createPredictor(loadProfile(name)));

/** Latency on each device of `limits`, in their order. */
export const latenciesOf = (architecture: Architecture): number[] =>
  predictors.map((predictor) => predictor.latencyMs(lower(architecture, deploy)));

/** How far above the limits, relative: at most 0 where they are kept. */
export const violationsOf = (latencies: readonly number[]): number[] =>
  Object.values(limits).map((limit, i) => (latencies[i] as number) / limit - 1);

/** The network as it is trained. */
export const graphAt = (architecture: Architecture, at: Whole['at']) => lower(scaleTo(architecture, at));

/** How finalists are trained: the same for all. */
export const finalRecipe = (steps: number): Recipe =>
  recipeSchema.parse({ steps, averaging: 0.99, augmentation: { flip: true, padCrop: 2 } });

/** Error and latencies by their limits, all of it to be small; the reference is 1 everywhere. */
export const pointOf = (accuracy: number, latencies: readonly number[]): number[] => [
  1 - accuracy,
  ...Object.values(limits).map((limit, i) => (latencies[i] as number) / limit),
];

const volumeOf = (points: readonly (readonly number[])[]) =>
  points.length === 0 ? 0 : hypervolume(points, [1, ...Object.values(limits).map(() => 1)]);
export { volumeOf as wholeVolume };

/** Up to `count` of the candidates that keep the limits: each the one that adds most hypervolume. */
export function finalistsOf(
  candidates: readonly Candidate[],
  space: MixnetSpace,
  count: number,
): readonly Candidate[] {
  const left = candidates
    .map((candidate) => {
      const latencies = latenciesOf(space.decode(candidate.genome));
      return { candidate, latencies, point: pointOf(candidate.accuracy, latencies) };
    })
    .filter(({ latencies }) => violationsOf(latencies).every((value) => value <= 0));
  const chosen: typeof left = [];
  while (chosen.length < count && left.length > 0) {
    const points = chosen.map(({ point }) => point);
    const gains = left.map(({ point }) => volumeOf([...points, point]));
    const best = gains.indexOf(Math.max(...gains));
    if ((gains[best] as number) <= volumeOf(points)) break;
    chosen.push(...left.splice(best, 1));
  }
  return chosen.map(({ candidate }) => candidate);
}
