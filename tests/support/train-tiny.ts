/**
 * Run as a process of its own: trains a small network on `textures` on the backend that the environment asks
 * for, and sends its parent what came of it.
 */
import { type ArchitectureInput, lower, parseArchitecture } from '../../src/models/index.js';
import { type RecipeInput, loadDataSet, loadRuntime, recipeSchema, train } from '../../src/training/index.js';

/** The process's argument, as JSON. */
export interface TinyJob {
  readonly blocks: readonly Partial<ArchitectureInput['blocks'][number]>[];
  readonly recipe: RecipeInput;
}

export interface TinyResult {
  readonly backend: string;
  readonly accuracy: number;
  readonly losses: readonly number[];
}

const { blocks, recipe } = JSON.parse(process.argv[2] ?? '') as TinyJob;
const architecture = parseArchitecture({
  resolution: 16,
  classes: 4,
  stem: { out: 12, stride: 2, kernel: 5 },
  blocks: blocks.map((block) => ({ op: 'inverted-residual', kernels: [3], expansion: 2, out: 12, ...block })),
  head: { out: 16, activation: 'hswish' },
});
const runtime = await loadRuntime();
const { accuracy, curve } = await train({
  graph: lower(architecture),
  dataset: await loadDataSet({ name: 'textures', size: 512, resolution: 16, classes: 4 }),
  split: { validation: 128, seed: 1 },
  recipe: recipeSchema.parse({ learningRate: 0.3, augmentation: { padCrop: 0 }, ...recipe }),
  seed: 1,
  runtime,
});
const result: TinyResult = { backend: runtime.backend, accuracy, losses: curve.map(({ loss }) => loss) };
process.send?.(result, () => process.exit());
