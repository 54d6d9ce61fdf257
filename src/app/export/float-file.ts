/** A file of floats: encoded, and compared with our own network logit by logit. */
import { MixnasError } from '../../base/index.js';
import { type LowerOptions, type LoweredGraph, accuracyOf, compareLogits } from '../../export/index.js';
import { type CheckImages, checkImages, networkLogits } from './images.js';
import type { Made, MakeContext } from './make.js';
import type { FileCheck } from './report.js';
import type { ExportSource } from './sources.js';

/** The largest difference of a logit that passes, of the logits' range. */
const largestAllowed = { float32: 1e-4, float16: 1e-2 } as const;

/** Encodes and checks. @throws MixnasError `failed` for a file that computes something else. */
export async function makeFloat(
  source: ExportSource,
  graph: LoweredGraph,
  context: MakeContext,
): Promise<Made> {
  const { format, runtime, dataset, options, chosen, watch } = context;
  const precision = options.float16 ? 'float16' : 'float32';
  const suffix = precision === 'float32' ? '' : `-${precision}`;
  const files = watch.timeSync('encode', () =>
    format.encode(graph, precision, `${source.fileName}${suffix}`),
  );
  if (!runtime) return { files, precision };
  options.onStep?.(`checking ${source.spec} in ${runtime.name}`);
  const { bytes } = files[0] as (typeof files)[number];
  const answers = (list: readonly Float32Array[]) => runtime.logits(graph, bytes, list);
  const check = await watch.time('check', async () => {
    const images = await checkImages(source, dataset, options.images);
    return checkAnswers(source, answers, runtime.name, images, chosen);
  });
  refuseOthers(check, source, precision);
  return { files, precision, check };
}

/** Compares what files answer to images with our own network. */
export async function checkAnswers(
  source: ExportSource,
  answers: (images: readonly Float32Array[]) => Promise<Float32Array[]>,
  runtime: string,
  { images, labels, what }: CheckImages,
  options: LowerOptions,
): Promise<FileCheck> {
  const expected = await networkLogits(source, images, options);
  const actual = await answers(images);
  const comparison = compareLogits(actual, expected);
  const rates = labels && {
    accuracy: accuracyOf(actual, labels),
    trainedAccuracy: accuracyOf(await networkLogits(source, images, { swish: 'logistic' }), labels),
  };
  return { runtime, on: what, ...comparison, ...rates };
}

/** @throws MixnasError `failed` for a file that computes something else. */
export function refuseOthers(
  { largestDifference, agreement, runtime }: FileCheck,
  { spec }: ExportSource,
  precision: keyof typeof largestAllowed,
): void {
  const limit = largestAllowed[precision];
  if (largestDifference <= limit && (agreement === 1 || limit > 1e-4)) return;
  throw new MixnasError(
    'failed',
    `${spec}: in ${runtime} its logits differ by ${largestDifference.toPrecision(2)} of their range (at most ${limit} passes), so the file was not written.`,
    { remedy: 'Export it in float32, or report the network as a fault of mixnas.' },
  );
}
