/**
 * What 8-bit integers cost each network of a run or a folder that `train` wrote, technique by technique, on test images: the
 * tables of docs/results/int8.md.
 *
 *   npm run bench:int8 -- runs/example --results int8.jsonl --page docs/results/int8.md
 *   npm run bench:int8 -- trained/my-network --title 'My network' --results own.jsonl --page docs/results/int8.md --section one-hour
 *   npm run bench:int8 -- runs/example --only 27,5
 *
 * Every technique is measured on `--images`, floats and the technique whose logits are nearest on `--whole` (all test images). Where
 * that loses more than `--max-loss` points, the network is fine-tuned in integers for `--steps`. Accuracy is that of the
 * simulation in TensorFlow, which computes what runtimes do but for a step now and then. With `--results` the same command
 * continues where it was ended; with `--page` the tables of that section of the page are written.
 */
import { parseArgs } from 'node:util';
import {
  type Calibrated,
  type QuantizedGraph,
  calibrate,
  createQuantizedNetwork,
  layerErrors,
  lowerNetwork,
  quantizeObserved,
  targetOptions,
} from '../src/export/index.js';
import { fineTuneInt8 } from '../src/app/export/fine-tuning.js';
import { imagesOf, networkLogits } from '../src/app/export/images.js';
import { type Quantized, simulatedError, trainingImages } from '../src/app/export/int8.js';
import { type ExportSource, exportSources } from '../src/app/export/sources.js';
import { type DataSet, loadDataSet, loadRuntime } from '../src/training/index.js';
import { type NetworkTable, type Row, addTable, readTables, writePage } from './int8/page.js';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '2000' },
    whole: { type: 'string' },
    steps: { type: 'string', default: '300' },
    'max-loss': { type: 'string', default: '1' },
    results: { type: 'string' },
    page: { type: 'string' },
    section: { type: 'string', default: 'front' },
    title: { type: 'string' },
    only: { type: 'string' },
  },
});

const techniques = [
  ['min-max', false, false],
  ['min-max', false, true],
  ['percentile', false, true],
  ['mse', false, true],
  ['mse', true, true],
] as const;

const runtime = await loadRuntime({ intraOpThreads: 1 });
const classOf = (row: ArrayLike<number>) => {
  let best = 0;
  for (let c = 1; c < row.length; c++) if ((row[c] as number) > (row[best] as number)) best = c;
  return best;
};
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The classes that a quantized network gives. */
async function classesOf(quantized: QuantizedGraph, images: readonly Float32Array[]): Promise<number[]> {
  const { tf } = runtime;
  const network = createQuantizedNetwork(runtime, quantized);
  const [, height = 1, width = 1, channels = 1] = quantized.graph.values[quantized.graph.input]?.shape ?? [];
  const classes: number[] = [];
  for (let begin = 0; begin < images.length; begin += 100) {
    const part = images.slice(begin, begin + 100);
    const all = new Float32Array(part.length * height * width * channels);
    part.forEach((image, i) => all.set(image, i * image.length));
    classes.push(
      ...tf.tidy(() =>
        tf.argMax(network.predict(tf.tensor4d(all, [part.length, height, width, channels])), 1).dataSync(),
      ),
    );
    await new Promise(setImmediate);
  }
  network.dispose();
  return classes;
}

const share = (classes: readonly number[], expected: readonly number[]) =>
  classes.filter((c, i) => c === expected[i]).length / classes.length;

async function table(source: ExportSource, dataset: DataSet): Promise<NetworkTable> {
  const options = targetOptions('any');
  const graph = lowerNetwork(source.architecture, source.weights, source, options);
  const all = await imagesOf(
    dataset.test,
    source,
    Math.min(Number(given.whole ?? dataset.test.count), dataset.test.count),
  );
  const float = (await networkLogits(source, all.images, options)).map(classOf);
  /** Evenly spaced ones of all test images. */
  const chosen = (count: number) =>
    Array.from({ length: Math.min(count, float.length) }, (_, i) =>
      Math.floor((i * float.length) / Math.min(count, float.length)),
    );
  const rows: Row[] = [{ technique: 'float32', images: float.length, accuracy: share(float, all.labels) }];
  const measure = async (technique: string, quantized: QuantizedGraph, count: number, error?: number) => {
    const places = chosen(count);
    const classes = await classesOf(
      quantized,
      places.map((i) => all.images[i] as Float32Array),
    );
    const labels = places.map((i) => all.labels[i] as number);
    const own = places.map((i) => float[i] as number);
    const accuracy = share(classes, labels);
    const lost = 100 * (share(own, labels) - accuracy);
    rows.push({
      technique,
      images: places.length,
      accuracy,
      lost,
      same: share(classes, own),
      ...(error && { error }),
    });
    return lost;
  };
  const training = await trainingImages(source, dataset);
  const expected = await networkLogits(source, training.choice, options);
  let best: { quantized: Quantized; name: string } | undefined;
  const calibrated = new Map<boolean, Calibrated>();
  for (const [calibration, equalise, correctBias] of techniques) {
    const way = { calibration, equalise, correctBias };
    const known =
      calibrated.get(equalise) ?? calibrate(graph, training.calibration, { equalise, io: 'float' });
    calibrated.set(equalise, known);
    const quantized = quantizeObserved(known, way);
    const error = simulatedError(quantized, training.choice, expected);
    const name = `\`${calibration}\`${equalise ? ', equalised' : ''}${correctBias ? ', biases corrected' : ''}`;
    await measure(`int8, ${name}`, quantized, Number(given.images), error);
    if (best && (best.quantized.chosen.error ?? 0) <= error) continue;
    best = {
      quantized: { graph: quantized, chosen: { ...way, error }, tried: [], expected, layers: [] },
      name,
    };
  }
  const { quantized, name } = best as NonNullable<typeof best>;
  const lost = await measure(`the nearest: ${name}`, quantized.graph, float.length, quantized.chosen.error);
  let kept = quantized.graph;
  if (lost > Number(given['max-loss'])) {
    const qat = { qatSteps: Number(given.steps) };
    const { quantized: tuned } = await fineTuneInt8(source, quantized, training, dataset, qat);
    await measure(`fine-tuned for ${given.steps} steps`, tuned.graph, float.length, tuned.chosen.error);
    kept = tuned.graph;
  }
  const worst = layerErrors(kept, training.calibration.slice(0, 4))
    .toSorted((a, b) => b.own - a.own)
    .slice(0, 3)
    .map((layer) => `${layer.name} ${percent(layer.own)}`)
    .join(', ');
  const activations = source.architecture.blocks.flatMap((b) => ('activation' in b ? [b.activation] : []));
  const { resolution } = source.architecture;
  const about = `${dataset.name} at ${resolution}x${resolution}; ${[...new Set(activations)].join(', ')}.`;
  const title = source.trial === undefined ? (given.title ?? source.fileName) : `Trial ${source.trial.id}`;
  return { network: source.spec, title, about, rows, worst };
}

function print({ network, rows }: NetworkTable): void {
  console.log(`\n${network}`);
  for (const { technique, images, accuracy, lost } of rows)
    console.log(
      `  ${technique} (${images}): ${percent(accuracy)}${lost === undefined ? '' : `, lost ${lost.toFixed(2)}`}`,
    );
}

const only = given.only?.split(',');
for (const spec of positionals) {
  for (const source of exportSources(spec)) {
    if (only && !only.includes(String(source.trial?.id))) continue;
    const known = given.results ? readTables(given.results) : [];
    if (!source.trained || known.some(({ network }) => network === source.spec)) continue;
    const made = await table(source, await loadDataSet(source.trained.data.spec, {}));
    print(made);
    if (given.results) addTable(given.results, made);
    if (given.page && given.results) writePage(given.page, given.section, readTables(given.results));
  }
}
if (given.page && given.results) writePage(given.page, given.section, readTables(given.results));
