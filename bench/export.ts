/**
 * Files of random architectures in every runtime that is installed: in floats next to our own network, in 8-bit integers
 * next to the ONNX file of the same integers.
 *
 *     npm run bench:export -- --count 20 --images 1000 --references --results FILE.jsonl
 *     MIXNAS_PYTHON=python3 npm run bench:export -- --space cifar-small.yaml --count 2 --results FILE.jsonl
 *     npm run bench:export -- --results FILE.jsonl --page docs/results/export.md      # writes the page, measures nothing
 *
 * The same command continues where it was ended. Weights are random, so are the images; `--resolution` is that of all.
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/index.js';
import {
  type CheckRuntime,
  type LoweredGraph,
  compareLogits,
  encodeOnnxFile,
  encodeTflite,
  loadLiteRt,
  loadOnnxRuntime,
  loadPytorch,
  loadTfliteC,
  lowerNetwork,
  pytorchProgram,
  quantizeGraph,
  targetOptions,
} from '../src/export/index.js';
import {
  randomArchitectures,
  referenceAt,
  someData,
  someImage,
  someWeights,
} from '../src/export/test-helpers/networks.js';
import { networkLogits } from '../src/app/export/images.js';
import { type Architecture, referenceNames } from '../src/models/index.js';
import { encodeWeights, loadRuntime } from '../src/training/index.js';
import { type Result, addResult, readResults, writePage } from './export/results.js';

const { values: given } = parseArgs({
  options: {
    space: { type: 'string', multiple: true },
    count: { type: 'string', default: '20' },
    images: { type: 'string', default: '1000' },
    resolution: { type: 'string', default: '32' },
    references: { type: 'boolean', default: false },
    results: { type: 'string', default: 'bench-export.jsonl' },
    page: { type: 'string' },
  },
});
// The smallest first, so that an early end leaves most networks done.
const spaces = given.space ?? [
  'cifar-small.yaml',
  'cifar-mobile.yaml',
  'universal-mobile.yaml',
  'mixnet-imagenet.yaml',
];
const resolution = Number(given.resolution);

if (given.page) {
  writePage(given.page, readResults(given.results));
  process.exit(0);
}

await loadRuntime({ intraOpThreads: 1 });
const pytorch = await loadPytorch();
const [litert, old, onnx] = [await loadLiteRt(), loadTfliteC(), await loadOnnxRuntime()];

async function run(runtime: CheckRuntime, bytes: Uint8Array, images: readonly Float32Array[]) {
  const model = await runtime.load(bytes);
  const logits: Float32Array[] = [];
  for (const image of images) logits.push(Float32Array.from(await model.run(image)));
  model.dispose();
  return logits;
}

/** The logits of a graph in floats in each runtime. */
async function* floatAnswers(graph: LoweredGraph, images: readonly Float32Array[]) {
  const tflite = encodeTflite(graph);
  for (const runtime of [litert, old]) {
    if (runtime) yield { name: runtime.name, logits: await run(runtime, tflite, images) };
  }
  if (onnx) yield { name: onnx.name, logits: await run(onnx, encodeOnnxFile(graph), images) };
  if (!pytorch) return;
  const { source, weights } = pytorchProgram(graph);
  const files = [
    { name: 'model.py', bytes: new TextEncoder().encode(source) },
    { name: 'weights.safetensors', bytes: encodeWeights(weights) },
  ];
  yield { name: pytorch.name, logits: await pytorch.logits(files, images, { resolution, channels: 3 }) };
}

async function floatResult(architecture: Architecture, { graph, weights, images }: Network) {
  const expected = await networkLogits({ architecture, weights }, images, targetOptions('any'));
  const runtimes: Result['runtimes'][number][] = [];
  for await (const { name, logits } of floatAnswers(graph, images)) {
    const { largestDifference: largest, agreement } = compareLogits(logits, expected);
    runtimes.push({ name, largest, agreement });
  }
  return runtimes;
}

async function int8Result({ graph, images }: Network) {
  if (!onnx) return [];
  const quantized = quantizeGraph(graph, images.slice(0, 16), {
    calibration: 'mse',
    equalise: false,
    correctBias: true,
    io: 'float',
  });
  const last = quantized.graph.nodes.at(-1)?.inputs[0] ?? 0;
  const step = quantized.values[last]?.scale[0] as number;
  const expected = await run(onnx, encodeOnnxFile(quantized), images);
  const tflite = encodeTflite(quantized);
  const runtimes: Result['runtimes'][number][] = [];
  for (const runtime of [litert, old]) {
    if (!runtime) continue;
    const logits = await run(runtime, tflite, images);
    const steps = logits.map(
      (row, i) => Math.max(...row.map((v, c) => Math.abs(v - (expected[i]?.[c] as number)))) / step,
    );
    runtimes.push({
      name: runtime.name,
      largest: steps.reduce((a, b) => Math.max(a, b), 0),
      beyond: steps.filter((own) => own > 2.5).length / steps.length,
      agreement: compareLogits(logits, expected).agreement,
    });
  }
  return runtimes;
}

interface Network {
  readonly graph: LoweredGraph;
  readonly weights: ReturnType<typeof someWeights>;
  readonly images: readonly Float32Array[];
}

async function check(group: string, architecture: Architecture): Promise<void> {
  const network = architecture.name ?? group;
  const count = Number(given.images);
  const done = new Set(
    readResults(given.results)
      .filter(
        (result) => result.network === network && result.images === count && result.resolution === resolution,
      )
      .map(({ precision }) => precision),
  );
  if (done.size === 2) return;
  const random = createRandom(`agreement ${network}`);
  const weights = someWeights(architecture, random);
  const images = Array.from({ length: count }, () => someImage(architecture, random));
  const graph = lowerNetwork(architecture, weights, someData, targetOptions('any'));
  for (const precision of ['float32', 'int8'] as const) {
    if (done.has(precision)) continue;
    const all = { graph, weights, images };
    const runtimes = precision === 'int8' ? await int8Result(all) : await floatResult(architecture, all);
    const result: Result = { group, network, precision, images: count, resolution, runtimes };
    addResult(given.results, result);
    const cells = runtimes.map(
      ({ name, largest, agreement }) =>
        `${name} ${precision === 'int8' ? `${Math.round(largest)} steps` : largest.toExponential(1)} ${(100 * agreement).toFixed(2)} %`,
    );
    console.log(`${network}, ${precision}: ${cells.join('; ')}`);
  }
}

for (const space of spaces) {
  for (const architecture of randomArchitectures(space, Number(given.count), resolution))
    await check(space, architecture);
}
if (given.references)
  for (const name of referenceNames)
    await check('reference models', { ...referenceAt(name, resolution), name });
