/**
 * Float files of random architectures next to our own network: the largest difference of a logit, of the logits' range,
 * and the share of the images with the same class, in every runtime that is installed.
 *
 *     npm run bench:export -- --count 20 --images 1000 --references
 *     MIXNAS_PYTHON=python3 npm run bench:export -- --space cifar-small.yaml --count 2
 *
 * Weights are random, so are the images; `--resolution` is that of all networks.
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/index.js';
import {
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
import { encodeWeights } from '../src/training/index.js';

const { values: given } = parseArgs({
  options: {
    space: { type: 'string', multiple: true },
    count: { type: 'string', default: '20' },
    images: { type: 'string', default: '1000' },
    resolution: { type: 'string', default: '32' },
    references: { type: 'boolean', default: false },
  },
});
const spaces = given.space ?? [
  'cifar-small.yaml',
  'cifar-mobile.yaml',
  'mixnet-imagenet.yaml',
  'universal-mobile.yaml',
];
const resolution = Number(given.resolution);

const pytorch = await loadPytorch();
const [litert, old, onnx] = [await loadLiteRt(), loadTfliteC(), await loadOnnxRuntime()];

/** The logits of a graph in each runtime. */
async function* answersOf(graph: LoweredGraph, images: readonly Float32Array[]) {
  const tflite = encodeTflite(graph);
  for (const [runtime, bytes] of [
    [litert, tflite],
    [old, tflite],
    [onnx, encodeOnnxFile(graph)],
  ] as const) {
    if (!runtime) continue;
    const model = await runtime.load(bytes);
    const logits: Float32Array[] = [];
    for (const image of images) logits.push(Float32Array.from(await model.run(image)));
    model.dispose();
    yield { name: runtime.name, logits };
  }
  if (!pytorch) return;
  const { source, weights } = pytorchProgram(graph);
  const files = [
    { name: 'model.py', bytes: new TextEncoder().encode(source) },
    { name: 'weights.safetensors', bytes: encodeWeights(weights) },
  ];
  yield { name: pytorch.name, logits: await pytorch.logits(files, images, { resolution, channels: 3 }) };
}

const worst = new Map<string, { difference: number; agreement: number; networks: number }>();

async function check(architecture: Architecture): Promise<void> {
  const random = createRandom(`agreement ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const images = Array.from({ length: Number(given.images) }, () => someImage(architecture, random));
  const options = targetOptions('any');
  const graph = lowerNetwork(architecture, weights, someData, options);
  const expected = await networkLogits({ architecture, weights }, images, options);
  const cells: string[] = [];
  for await (const { name, logits } of answersOf(graph, images)) {
    const { largestDifference, agreement } = compareLogits(logits, expected);
    const before = worst.get(name) ?? { difference: 0, agreement: 1, networks: 0 };
    worst.set(name, {
      difference: Math.max(before.difference, largestDifference),
      agreement: Math.min(before.agreement, agreement),
      networks: before.networks + 1,
    });
    cells.push(`${name} ${largestDifference.toExponential(1)} ${(100 * agreement).toFixed(2)} %`);
  }
  console.log(`${architecture.name}: ${cells.join('; ')}`);
}

for (const space of spaces) {
  for (const architecture of randomArchitectures(space, Number(given.count), resolution))
    await check(architecture);
}
if (given.references)
  for (const name of referenceNames) await check({ ...referenceAt(name, resolution), name });

console.log('\n| runtime | networks | largest difference | least share of the same class |');
console.log('| --- | ---: | ---: | ---: |');
for (const [name, { difference, agreement, networks }] of worst)
  console.log(
    `| ${name} | ${networks} | ${difference.toExponential(1)} | ${(100 * agreement).toFixed(2)} % |`,
  );
