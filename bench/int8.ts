/**
 * What 8-bit integers cost each network of a run, technique by technique, on test images: the tables of
 * docs/results/int8.md.
 *
 *   npm run bench:int8 -- runs/example --images 2000 --steps 150
 *   npm run bench:int8 -- runs/example --only 27,5
 *
 * Accuracy is that of the simulation in TensorFlow, which computes what runtimes do but for a step now and then.
 */
import { parseArgs } from 'node:util';
import {
  type QuantizedGraph,
  createQuantizedNetwork,
  layerErrors,
  lowerNetwork,
  quantizeGraph,
  targetOptions,
} from '../src/export/index.js';
import { fineTuneInt8 } from '../src/app/export/fine-tuning.js';
import { imagesOf, networkLogits } from '../src/app/export/images.js';
import { type Quantized, simulatedError, trainingImages } from '../src/app/export/int8.js';
import { type ExportSource, exportSources } from '../src/app/export/sources.js';
import { type DataSet, loadDataSet, loadRuntime } from '../src/training/index.js';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '2000' },
    steps: { type: 'string', default: '150' },
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
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

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

async function table(source: ExportSource, dataset: DataSet): Promise<void> {
  const options = targetOptions('any');
  const graph = lowerNetwork(source.architecture, source.weights, source, options);
  const { images, labels } = await imagesOf(dataset.test, source, Number(given.images));
  const float = (await networkLogits(source, images, options)).map(classOf);
  const share = (classes: readonly number[], expected: readonly number[]) =>
    classes.filter((c, i) => c === expected[i]).length / expected.length;
  const activations = new Set(
    source.architecture.blocks.flatMap((b) => ('activation' in b ? [b.activation] : [])),
  );
  console.log(`\n${source.spec} (${[...activations].join(', ')}), ${images.length} test images:\n`);
  console.log('| technique | accuracy | lost, points | same class | logits from float |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  const accuracy = share(float, labels);
  console.log(`| float32 | ${percent(accuracy)} | | | |`);
  const training = await trainingImages(source, dataset);
  const expected = await networkLogits(source, training.choice, options);
  const row = async (name: string, quantized: QuantizedGraph, error: number) => {
    const classes = await classesOf(quantized, images);
    const own = share(classes, labels);
    console.log(
      `| ${name} | ${percent(own)} | ${(100 * (accuracy - own)).toFixed(2)} | ${percent(share(classes, float))} | ${percent(error)} |`,
    );
  };
  let best: Quantized | undefined;
  for (const [calibration, equalise, correctBias] of techniques) {
    const way = { calibration, equalise, correctBias };
    const quantized = quantizeGraph(graph, training.calibration, { ...way, io: 'float' });
    const error = simulatedError(quantized, training.choice, expected);
    const name = `int8, \`${calibration}\`${equalise ? ', equalised' : ''}${correctBias ? ', biases corrected' : ''}`;
    await row(name, quantized, error);
    if (best && (best.chosen.error ?? 0) <= error) continue;
    best = { graph: quantized, chosen: { ...way, error }, tried: [], expected, layers: [] };
  }
  const chosen = best as Quantized;
  const worst = (quantized: QuantizedGraph) =>
    layerErrors(quantized, training.calibration.slice(0, 4))
      .toSorted((a, b) => b.own - a.own)
      .slice(0, 3)
      .map(({ name, own }) => `${name} ${percent(own)}`)
      .join(', ');
  const before = { ...chosen, layers: [] };
  const { quantized: tuned } = await fineTuneInt8(source, before, training, dataset, {
    qatSteps: Number(given.steps),
  });
  await row(
    `the nearest of these, fine-tuned for ${given.steps} steps`,
    tuned.graph,
    tuned.chosen.error ?? 0,
  );
  console.log(`\nLayers that lose most before: ${worst(chosen.graph)}; after: ${worst(tuned.graph)}.`);
}

const only = given.only?.split(',');
for (const spec of positionals) {
  for (const source of exportSources(spec)) {
    if (only && !only.includes(String(source.trial?.id))) continue;
    const { trained } = source;
    if (trained) await table(source, await loadDataSet(trained.data.spec, {}));
  }
}
