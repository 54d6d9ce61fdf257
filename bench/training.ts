/**
 * Training speed: images a second of networks of about 1, 5 and 12 MMACs at 32x32, batch 128. The native
 * path beside plain TensorFlow.js ops, each in one process on all cores and in one process a core.
 *
 *     npm run bench:training
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../src/base/index.js';
import { type ArchitectureInput, countCost, lower, parseArchitecture } from '../src/models/index.js';
import { type NetworkPath, createTrainer, loadRuntime } from '../src/training/index.js';

const batchSize = 128;

type BlockInput = Extract<ArchitectureInput['blocks'][number], { op: 'inverted-residual' }>;
const block = (
  out: number,
  stride: 1 | 2,
  kernels: number[],
  rest: Partial<BlockInput> = {},
): BlockInput => ({
  op: 'inverted-residual',
  kernels,
  expansion: 3,
  stride,
  out,
  ...rest,
});
const excited = { activation: 'swish', seRatio: 0.25 } as const;

const networks: readonly ArchitectureInput[] = [
  {
    name: '1 MMAC',
    resolution: 32,
    classes: 10,
    stem: { out: 16, stride: 2 },
    blocks: [
      block(16, 1, [3], { expansion: 1 }),
      block(24, 2, [3, 5]),
      block(24, 1, [3, 5]),
      block(32, 2, [3, 5, 7]),
      block(32, 1, [3, 5]),
    ],
    head: { out: 96 },
  },
  {
    name: '5 MMACs',
    resolution: 32,
    classes: 10,
    stem: { out: 16, stride: 1 },
    blocks: [
      block(24, 2, [3], { expansion: 2 }),
      block(24, 1, [3, 5, 7]),
      block(40, 2, [3, 5], { ...excited, expansion: 4 }),
      block(40, 1, [3, 5, 7, 9], { ...excited, expansion: 4 }),
      block(64, 2, [3, 5], excited),
    ],
    head: { out: 128 },
  },
  {
    name: '12 MMACs',
    resolution: 32,
    classes: 10,
    stem: { out: 24, stride: 1 },
    blocks: [
      block(24, 1, [3], { expansion: 1 }),
      block(40, 2, [3, 5, 7]),
      block(40, 1, [3, 5], { ...excited, expansion: 3 }),
      block(80, 2, [3, 5, 7, 9], excited),
      block(80, 1, [3, 5], excited),
    ],
    head: { out: 160 },
  },
];

/** Images a second: the median of some steps, after two to warm up. */
async function measure(index: number, path: NetworkPath, steps: number): Promise<number> {
  const runtime = await loadRuntime();
  const graph = lower(parseArchitecture(networks[index]));
  const random = createRandom(1);
  const pixels = batchSize * graph.resolution ** 2 * 3;
  const batch = {
    images: Float32Array.from({ length: pixels }, () => 2 * random.next() - 1),
    targets: new Float32Array(batchSize * graph.classes).fill(1 / graph.classes),
    count: batchSize,
  };
  const optimizer = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;
  const trainer = createTrainer(graph, runtime, { path, optimizer });
  const times: number[] = [];
  for (let step = 0; step < steps + 2; step++) {
    const started = performance.now();
    trainer.step(batch, { learningRate: 0.01, statistics: 0.1, seed: step });
    times.push(performance.now() - started);
  }
  trainer.dispose();
  const median = times.slice(2).toSorted((a, b) => a - b)[steps >> 1] as number;
  return (batchSize * 1000) / median;
}

/** The same in a process of its own, pinned to a core where the system can. */
function measureInProcess(index: number, path: NetworkPath, steps: number, core?: number): Promise<number> {
  const script = fileURLToPath(import.meta.url);
  const node = [process.execPath, ...process.execArgv, script, String(index), path, String(steps)];
  const pinned = core !== undefined && process.platform === 'linux';
  const [command, ...parameters] = pinned ? ['taskset', '-c', String(core), ...node] : node;
  const child = spawn(command as string, parameters, { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(Number(out.trim().split('\n').at(-1))));
  });
}

async function main(): Promise<void> {
  const cores = availableParallelism();
  console.log(`images a second, batch ${batchSize}, ${cores} cores`);
  console.log('network    MMACs   path       one process   a process a core');
  for (const [index, network] of networks.entries()) {
    const macs = countCost(lower(parseArchitecture(network))).macs / 1e6;
    for (const path of ['native', 'portable'] as const) {
      const steps = path === 'native' ? 30 : 5;
      const one = await measureInProcess(index, path, steps);
      const each = await Promise.all(
        Array.from({ length: cores }, (_, core) => measureInProcess(index, path, steps, core)),
      );
      const all = each.reduce((sum, rate) => sum + rate, 0);
      const label = path === 'native' ? 'native' : 'tfjs ops';
      console.log(
        `${String(network.name).padEnd(10)} ${macs.toFixed(2).padStart(5)}   ${label.padEnd(10)} ` +
          `${one.toFixed(0).padStart(11)}   ${all.toFixed(0).padStart(16)}`,
      );
    }
  }
}

const [index, path, steps] = process.argv.slice(2);
if (index === undefined) await main();
else console.log(await measure(Number(index), path as NetworkPath, Number(steps)));
