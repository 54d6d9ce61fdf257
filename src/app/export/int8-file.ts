/** A file of 8-bit integers: quantized, run in every runtime there is, and refused where it costs too much. */
import { InternalError } from '../../base/index.js';
import { type LoweredGraph, type QuantizedGraph, withIntegerEnds } from '../../export/index.js';
import { fineTuneInt8 } from './fine-tuning.js';
import { checkImages, networkLogits } from './images.js';
import { type Quantized, quantizeBest, trainingImages } from './int8.js';
import { checkInt8, lossOf, refuseLoss } from './int8-check.js';
import type { Made, MakeContext } from './make.js';
import type { FineTuning } from './report.js';
import type { ExportSource } from './sources.js';

/** Quantizes, fine-tunes where that is needed, encodes and checks. @throws MixnasError `failed` for a file that fails. */
export async function makeInt8(
  source: ExportSource,
  graph: LoweredGraph,
  context: MakeContext,
): Promise<Made> {
  const { format, runtime, dataset, options, chosen, watch } = context;
  const { encodeInt8, openAll } = format;
  if (!encodeInt8 || !openAll) throw new InternalError('the format has no integers');
  options.onStep?.(`quantizing ${source.spec}`);
  const expectedOf = (images: readonly Float32Array[]) => networkLogits(source, images, chosen);
  const { maxLoss, qat = 'auto' } = options;
  const images = await watch.time('data', () => trainingImages(source, dataset));
  const name = `${source.fileName}-int8`;
  let quantized: Quantized = await quantizeBest(graph, images, expectedOf, options, watch);
  const notes = dataset ? [] : ['It was calibrated on random images.'];

  const test = runtime && (await watch.time('check', () => checkImages(source, dataset, options.images)));
  const encode = (made: QuantizedGraph) => watch.timeSync('encode', () => encodeInt8(made, name));
  const check = async () => {
    if (!runtime || !test) return undefined;
    options.onStep?.(`checking ${source.spec} in ${runtime.name}`);
    const [file] = encode(quantized.graph);
    const bytes = file?.bytes ?? new Uint8Array();
    return watch.time('check', async () =>
      checkInt8(source, quantized.graph, bytes, await openAll(), test, chosen),
    );
  };
  let checked = await check();
  const loss = checked && lossOf(checked.check);
  let tuned: FineTuning | undefined;
  const loses = maxLoss !== undefined && loss !== undefined && loss > maxLoss;
  if (qat === 'always' || (qat === 'auto' && loses && dataset)) {
    const accuracy = checked?.check.accuracy;
    const made = await watch.time('fineTune', () =>
      fineTuneInt8(source, quantized, images, dataset, options, accuracy),
    );
    quantized = made.quantized;
    tuned = made.about;
    checked = await check();
  }
  if (checked) refuseLoss(checked.check, source, maxLoss, tuned && loss);
  if (options.integerIo) {
    notes.push(
      'It reads and gives 8-bit integers; checked with floats at its ends, the rest being the same.',
    );
  }
  const { chosen: way, tried, layers, graph: made } = quantized;
  return {
    precision: 'int8',
    notes,
    files: encode(options.integerIo ? withIntegerEnds(made) : made),
    check: checked?.check,
    int8: {
      chosen: way,
      tried,
      layers,
      runtimes: checked?.runtimes ?? [],
      ...(tuned && { qat: tuned }),
    },
  };
}
