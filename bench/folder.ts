/**
 * Steps a second of training on a folder of images that is decoded ahead, compared with the same images in memory:
 * CIFAR-10 written out as PNG files, sides in turn, the ratio of medians a round.
 *
 *     npm run bench:folder -- --rounds 5 --steps 20 --memory 512 --network 1 --threads 1
 *
 * `--memory` is what is kept of decoded images, in MB: 512 keeps all of CIFAR-10 once an epoch is over, 1 keeps next to
 * nothing, so that every step's images are decoded. The files are written once, below the cache, and stay there.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { cacheFolder, createRandom, upperMedian } from '../src/base/index.js';
import { countCost, lower, parseArchitecture } from '../src/models/index.js';
import {
  type DataSet,
  allIndices,
  createBatchStream,
  createTrainer,
  loadDataSet,
  loadRuntime,
} from '../src/training/index.js';
import { networks } from './training/networks.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20' },
    memory: { type: 'string', default: '512' },
    network: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
  },
});
const batchSize = 128;
const folder = join(cacheFolder(), 'bench-cifar10-png');

/** CIFAR-10 as one file an image. */
async function writeFolder(): Promise<void> {
  if (existsSync(join(folder, 'complete'))) return;
  const { train, test } = await loadDataSet({ name: 'cifar10' });
  const { width, height, channels } = train;
  const length = width * height * channels;
  for (const [split, set] of [
    ['train', train],
    ['test', test],
  ] as const) {
    for (const one of set.classes) mkdirSync(join(folder, split, one), { recursive: true });
    for (let i = 0; i < set.count; i++) {
      const pixels = (set.images as Uint8Array).subarray(i * length, (i + 1) * length);
      const path = join(folder, split, set.classes[set.labels[i] as number] as string, `${i}.png`);
      await sharp(pixels, { raw: { width, height, channels } }).png().toFile(path);
    }
  }
  writeFileSync(join(folder, 'complete'), '');
}

await writeFolder();
const spec = { name: 'folder', path: folder, resolution: 32 } as const;
const sides: readonly { readonly name: string; readonly set: DataSet }[] = [
  { name: 'in memory', set: await loadDataSet(spec) },
  {
    name: 'decoded ahead',
    set: await loadDataSet({ ...spec, memory: Math.min(140, Number(options.memory)) }),
  },
];
const graph = lower(parseArchitecture({ ...networks[Number(options.network)], classes: 10 }));
const runtime = await loadRuntime({ intraOpThreads: Number(options.threads) });
const trainer = createTrainer(graph, runtime, {
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
});
const targets = new Float32Array(batchSize * 10).fill(0.1);
const streams = sides.map(({ set }) =>
  createBatchStream(set.train, allIndices(set.train), {
    batchSize,
    augmentation: { flip: true, padCrop: 4, cutout: 0 },
    random: createRandom('bench'),
    mean: set.mean,
    std: set.std,
  }),
);

/** Steps a second of one side. */
async function measure(stream: (typeof streams)[number], steps: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < steps; i++) {
    const { images } = await stream.next();
    trainer.step({ images, targets, count: batchSize }, { learningRate: 0.01, statistics: 0.1, seed: i });
    await new Promise(setImmediate);
  }
  return (steps * 1000) / (performance.now() - started);
}

for (const stream of streams) await measure(stream, 5);
console.log(
  `${(countCost(graph).macs / 1e6).toFixed(1)} MMACs, batch ${batchSize}, ${options.threads} thread(s), ${options.memory} MB kept, load ${loadavg()[0]?.toFixed(2)}`,
);
const ratios: number[] = [];
for (let round = 0; round < Number(options.rounds); round++) {
  const order = round % 2 === 0 ? [0, 1] : [1, 0];
  const speeds = [0, 0];
  for (const side of order)
    speeds[side] = await measure(streams[side] as (typeof streams)[number], Number(options.steps));
  ratios.push((speeds[1] as number) / (speeds[0] as number));
  console.log(sides.map(({ name }, i) => `${name} ${speeds[i]?.toFixed(2)} steps/s`).join(', '));
}
console.log(
  `decoded ahead / in memory: ${upperMedian(ratios).toFixed(3)} (median of ${ratios.length} rounds)`,
);
trainer.dispose();
