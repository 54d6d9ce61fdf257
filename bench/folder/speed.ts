/** Steps a second on a folder that is read ahead, in each of both ways, next to the same images in memory. */
import { loadavg } from 'node:os';
import { createRandom, upperMedian } from '../../src/base/index.js';
import { countCost, lower, parseArchitecture } from '../../src/models/index.js';
import {
  type DataSet,
  allIndices,
  createBatchStream,
  createTrainer,
  loadDataSet,
  loadRuntime,
} from '../../src/training/index.js';
import { networks } from '../training/networks.js';
import { cifarFolder } from './files.js';

export interface SpeedOptions {
  readonly rounds: number;
  readonly steps: number;
  /** Megabytes of decoded images that are kept in memory. */
  readonly memory: number;
  readonly network: number;
  readonly threads: number;
}

const batchSize = 128;

type Stream = ReturnType<typeof createBatchStream>;

const streamOf = ({ train, mean, std }: DataSet): Stream =>
  createBatchStream(train, allIndices(train), {
    batchSize,
    augmentation: { flip: true, padCrop: 4, cutout: 0 },
    random: createRandom('bench'),
    mean,
    std,
  });

export async function compareSpeed(options: SpeedOptions): Promise<void> {
  const { rounds, steps, network, threads } = options;
  const spec = { name: 'folder', path: await cifarFolder(), resolution: 32 } as const;
  // A whole split is 154 MB: at 140 it is read ahead.
  const memory = Math.min(140, options.memory);
  const load = async (name: string, more: object) => ({
    name,
    stream: streamOf(await loadDataSet({ ...spec, ...more })),
  });
  const sides = [
    await load('in memory', {}),
    await load('from the cache', { memory }),
    await load('from the files', { memory, disk: 0 }),
  ] as const;
  const graph = lower(parseArchitecture({ ...networks[network], classes: 10 }));
  const trainer = createTrainer(graph, await loadRuntime({ intraOpThreads: threads }), {
    optimizer: { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  });
  const targets = new Float32Array(batchSize * 10).fill(0.1);
  const measure = async (stream: Stream, count: number): Promise<number> => {
    const started = performance.now();
    for (let i = 0; i < count; i++) {
      const { images } = await stream.next();
      trainer.step({ images, targets, count: batchSize }, { learningRate: 0.01, statistics: 0.1, seed: i });
      await new Promise(setImmediate);
    }
    return (count * 1000) / (performance.now() - started);
  };
  for (const { stream } of sides) await measure(stream, 3);
  console.log(
    `${(countCost(graph).macs / 1e6).toFixed(1)} MMACs, batch ${batchSize}, ${threads} thread(s), ${memory} MB kept, load ${loadavg()[0]?.toFixed(2)}`,
  );
  const ratios: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [0, 1, 2] : [2, 1, 0];
    const speeds = [0, 0, 0];
    for (const side of order)
      speeds[side] = await measure((sides[side] as (typeof sides)[number]).stream, steps);
    speeds.forEach((speed, i) => ratios[i]?.push(speed / (speeds[0] as number)));
    console.log(sides.map(({ name }, i) => `${name} ${speeds[i]?.toFixed(2)} steps/s`).join(', '));
  }
  for (const [i, { name }] of sides.entries()) {
    if (i > 0)
      console.log(
        `${name} / in memory: ${upperMedian(ratios[i] as number[]).toFixed(3)} (median of ${rounds} rounds)`,
      );
  }
  trainer.dispose();
}
