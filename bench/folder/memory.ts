/** The memory of a training over a folder whose images are read ahead, from its first step to its last. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainArchitecture } from '../../src/app/index.js';
import { formatBytes, formatInteger, upperMedian } from '../../src/base/index.js';

export interface MemoryOptions {
  readonly files: number;
  readonly folder: string;
  /** Megabytes of decoded images that are kept in memory, and that may be on disk. */
  readonly memory: number;
  readonly disk: number;
}

const batchSize = 50;
/** Between measurements. */
const everyMs = 200;
/** Memory of the last fifth divided by that of the first: more is a failure. */
const mostGrowth = 1.05;

const network = {
  name: 'tiny',
  resolution: 32,
  classes: 10,
  stem: { out: 8, stride: 2 },
  blocks: [{ op: 'inverted-residual', kernels: [3], expansion: 1, stride: 2, out: 8 }],
  head: { out: 16 },
};

/** Trains one epoch, as `mixnas train` does, and prints what the process took. @returns whether memory stayed flat. */
export async function trainEpoch({ files, folder, memory, disk }: MemoryOptions): Promise<boolean> {
  const own = mkdtempSync(join(tmpdir(), 'mixnas-epoch-'));
  const file = join(own, 'tiny.json');
  writeFileSync(file, JSON.stringify(network));
  const taken: number[] = [];
  const steps = Math.floor((files * 0.9) / batchSize);
  let started: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await trainArchitecture(file, {
      data: { name: 'folder', path: folder, testShare: 0.2, resolution: 32, memory, disk },
      recipe: { steps, batchSize, optimizer: 'sgd' },
      validation: Math.floor(files * 0.1),
      validateEvery: steps,
      seed: '1',
      out: join(own, 'trained'),
      onNotice: (text: string) => console.log(text),
      onProgress: () => {
        // The first report comes after the first steps: what was loaded before does not count.
        started ??= performance.now();
        timer ??= setInterval(() => taken.push(process.memoryUsage.rss()), everyMs);
      },
    });
  } finally {
    clearInterval(timer);
    rmSync(own, { recursive: true });
  }
  const seconds = (performance.now() - (started ?? 0)) / 1000;
  const decoded = files * 32 * 32 * 3;
  console.log(
    `${formatInteger(files)} files, ${formatBytes(decoded)} decoded, of which ${memory} MB are kept in memory and ${disk} MB may be on disk.`,
  );
  console.log(
    `${formatInteger(steps)} steps of ${batchSize} images, ${formatInteger(taken.length)} measurements in ${seconds.toFixed(0)} s.`,
  );
  const fifth = Math.floor(taken.length / 5);
  const parts = Array.from({ length: 5 }, (_, i) => upperMedian(taken.slice(i * fifth, (i + 1) * fifth)));
  console.log(`Memory of the process, median of each fifth: ${parts.map(formatBytes).join(', ')}.`);
  const growth = (parts[4] as number) / (parts[0] as number);
  console.log(`Last fifth / first fifth: ${growth.toFixed(3)}.`);
  return growth <= mostGrowth;
}
