/** The check of a file in 8-bit integers: that runtimes compute what was quantized, and what that costs. */
import { MixnasError } from '../../base/index.js';
import {
  type CheckRuntime,
  type LowerOptions,
  type QuantizedGraph,
  accuracyOf,
  compareLogits,
  createSimulation,
} from '../../export/index.js';
import { runAll } from './formats.js';
import { type CheckImages, largeImages, networkLogits } from './images.js';
import type { FileCheck, Int8Check } from './report.js';
import type { ExportSource } from './sources.js';

/** Steps of the logits that a runtime may differ from the simulation: fixed-point arithmetic rounds differently. */
const mostSteps = 12;

/** Images that the simulation, which is slow, is compared on. */
const simulated = { small: 16, large: 4 } as const;

/**
 * Runs a file in every runtime.
 * @param bytes of the file with floats at its ends.
 * @throws MixnasError `failed` when a runtime computes something else.
 */
export async function checkInt8(
  source: ExportSource,
  quantized: QuantizedGraph,
  bytes: Uint8Array,
  runtimes: readonly CheckRuntime[],
  { images, labels, what }: CheckImages,
  options: LowerOptions,
): Promise<{ readonly check: FileCheck; readonly runtimes: Int8Check['runtimes'] }> {
  const simulate = createSimulation(quantized);
  const isLarge = source.architecture.resolution > largeImages;
  const some = images.slice(0, isLarge ? simulated.large : simulated.small);
  const promised = some.map((image) => simulate(image));
  const step = outputStep(quantized);
  const steps: { name: string; steps: number }[] = [];
  for (const runtime of runtimes) {
    const actual = await runAll(runtime, bytes, some);
    const largest = Math.max(
      ...actual.flatMap((row, i) => [...row].map((v, c) => Math.abs(v - (promised[i]?.[c] as number)))),
    );
    steps.push({ name: runtime.name, steps: Math.round(largest / step) });
    if (largest / step <= mostSteps) continue;
    throw new MixnasError(
      'failed',
      `${source.spec}: in ${runtime.name} its logits are ${Math.round(largest / step)} steps from what was quantized (at most ${mostSteps} pass), so the file was not written.`,
      { remedy: 'Report the network as a fault of mixnas.' },
    );
  }
  const [first] = runtimes as [CheckRuntime];
  const actual = await runAll(first, bytes, images);
  const comparison = compareLogits(actual, await networkLogits(source, images, options));
  const rates = labels && {
    accuracy: accuracyOf(actual, labels),
    trainedAccuracy: accuracyOf(await networkLogits(source, images, { swish: 'logistic' }), labels),
  };
  return { check: { runtime: first.name, on: what, ...comparison, ...rates }, runtimes: steps };
}

/** What one step of the logits' integers stands for. */
function outputStep({ graph, values }: QuantizedGraph): number {
  const last = graph.nodes.at(-1);
  const id = last?.kind === 'dequantize' ? (last.inputs[0] as number) : graph.output;
  return values[id]?.scale[0] ?? 1;
}

/** Points of accuracy that a file loses; undefined where no labels are known. */
export const lossOf = ({ accuracy, trainedAccuracy }: FileCheck): number | undefined =>
  accuracy === undefined || trainedAccuracy === undefined ? undefined : 100 * (trainedAccuracy - accuracy);

/**
 * @param before the points that it lost before it was fine-tuned, where it was.
 * @throws MixnasError `failed` when the integers cost more accuracy than the user bears.
 */
export function refuseLoss(
  check: FileCheck,
  { spec }: ExportSource,
  maxLoss: number | undefined,
  before?: number,
): void {
  const loss = lossOf(check);
  if (maxLoss === undefined || loss === undefined || loss <= maxLoss) return;
  const tuned = before === undefined ? '' : ` after fine-tuning (${before.toFixed(2)} before)`;
  throw new MixnasError(
    'failed',
    `${spec}: in int8 it loses ${loss.toFixed(2)} points of accuracy${tuned}, more than --max-loss ${maxLoss}, so the file was not written.`,
    {
      remedy:
        before === undefined
          ? 'Fine-tune it (--qat always), export it with --float16, or search with ReLU6, which loses least in integers.'
          : 'Fine-tune it longer (--qat-steps), export it with --float16, or search with ReLU6, which loses least in integers.',
    },
  );
}
