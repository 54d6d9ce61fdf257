/** A file of 8-bit integers: quantized, run in every runtime there is, and refused where it costs too much. */
import { InternalError } from '../../base/index.js';
import { type LoweredGraph, quantizeGraph } from '../../export/index.js';
import { checkImages, networkLogits } from './images.js';
import { quantizeBest, trainingImages } from './int8.js';
import { checkInt8, refuseLoss } from './int8-check.js';
import type { Made, MakeContext } from './make.js';
import type { ExportSource } from './sources.js';

/** Quantizes, encodes and checks. @throws MixnasError `failed` for a file that fails. */
export async function makeInt8(
  source: ExportSource,
  graph: LoweredGraph,
  context: MakeContext,
): Promise<Made> {
  const { format, runtime, dataset, options, chosen } = context;
  if (!format.encodeInt8 || !format.openAll) throw new InternalError('the format has no integers');
  options.onStep?.(`quantizing ${source.spec}`);
  const expectedOf = (images: readonly Float32Array[]) => networkLogits(source, images, chosen);
  const { calibration, signal } = options;
  const images = await trainingImages(source, dataset);
  const quantized = await quantizeBest(graph, images, calibration, expectedOf, signal);
  const name = `${source.fileName}-int8`;
  let files = format.encodeInt8(quantized.graph, name);
  const { chosen: way, tried, layers } = quantized;
  const notes: string[] = [];
  if (!dataset) notes.push('It was calibrated on random images.');
  const done = { precision: 'int8', notes } as const;
  let checked: Awaited<ReturnType<typeof checkInt8>> | undefined;
  if (runtime) {
    options.onStep?.(`checking ${source.spec} in ${runtime.name}`);
    const runtimes = await format.openAll();
    const test = await checkImages(source, dataset, options.images);
    const { bytes } = files[0] as (typeof files)[number];
    checked = await checkInt8(source, quantized.graph, bytes, runtimes, test, chosen);
    refuseLoss(checked.check, source, options.maxLoss);
  }
  if (options.integerIo) {
    const ends = quantizeGraph(graph, images.calibration, { ...way, io: 'int8' });
    files = format.encodeInt8(ends, name);
    notes.push(
      'It reads and gives 8-bit integers; checked with floats at its ends, the rest being the same.',
    );
  }
  return {
    ...done,
    files,
    check: checked?.check,
    int8: { chosen: way, tried, layers, runtimes: checked?.runtimes ?? [] },
  };
}
