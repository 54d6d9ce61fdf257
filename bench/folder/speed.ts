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
  /** How many training images of CIFAR-10. */
  readonly images: number;
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

/** Speed, and what of the processor a step takes, its reading threads included: that is what counts where cores are taken. */
interface Measured {
  readonly stepsPerSecond: number;
  readonly cpuMs: number;
}

export async function compareSpeed(options: SpeedOptions): Promise<void> {
  const { rounds, steps, network, threads } = options;
  const spec = { name: 'folder', path: await cifarFolder(options.images), resolution: 32 } as const;
  // Less than a whole split, so that it is read ahead.
  const memory = Math.max(
    1,
    Math.min(options.memory, Math.floor((options.images * 32 * 32 * 3 * 0.9) / 1e6)),
  );
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
  const measure = async (stream: Stream, count: number): Promise<Measured> => {
    let started = 0;
    let before = process.cpuUsage();
    // The first step starts the threads again, which end when nothing was read for a while.
    for (let i = -1; i < count; i++) {
      if (i === 0) {
        started = performance.now();
        before = process.cpuUsage();
      }
      const { images } = await stream.next();
      trainer.step(
        { images, targets, count: batchSize },
        { learningRate: 0.01, statistics: 0.1, seed: i + 1 },
      );
      await new Promise(setImmediate);
    }
    const stepsPerSecond = (count * 1000) / (performance.now() - started);
    const { user, system } = process.cpuUsage(before);
    return { stepsPerSecond, cpuMs: (user + system) / 1000 / count };
  };
  for (const { stream } of sides) await measure(stream, 3);
  console.log(
    `${options.images} images, ${(countCost(graph).macs / 1e6).toFixed(1)} MMACs, batch ${batchSize}, ${threads} thread(s), ${memory} MB kept, load ${loadavg()[0]?.toFixed(2)}`,
  );
  const measured: Measured[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [0, 1, 2] : [2, 1, 0];
    for (const side of order)
      measured[side]?.push(await measure((sides[side] as (typeof sides)[number]).stream, steps));
    const text = sides.map(({ name }, i) => {
      const { stepsPerSecond, cpuMs } = (measured[i] as Measured[]).at(-1) as Measured;
      return `${name} ${stepsPerSecond.toFixed(2)} steps/s, ${cpuMs.toFixed(0)} ms of processor a step`;
    });
    console.log(text.join('; '));
  }
  const [memoryMeasured, ...others] = measured as [Measured[], ...Measured[][]];
  const ratio = (own: readonly Measured[], field: keyof Measured) =>
    upperMedian(own.map((one, i) => one[field] / (memoryMeasured[i] as Measured)[field])).toFixed(3);
  for (const [i, own] of others.entries()) {
    console.log(
      `${sides[i + 1]?.name} / in memory, median of ${rounds} rounds: steps/s ${ratio(own, 'stepsPerSecond')}, processor ${ratio(own, 'cpuMs')}`,
    );
  }
  trainer.dispose();
}
