/**
 * Training speed: images a second of networks of about 1, 5 and 12 MMACs at 32x32, batch 128, compared with plain
 * TensorFlow.js and with PyTorch (channels last), in the same run, sides in turn.
 *
 *     npm run bench:training -- --python venv/bin/python --rounds 3 --seconds 4
 *
 * Each side runs in every way it has to use the cores: one process on all, one network a core, and for
 * PyTorch one network shared by a process a core (DistributedDataParallel). PyTorch runs with glibc's
 * allocator as it is and as it is fastest (no page given back, which TensorFlow's own allocator does
 * anyway), and compiled (`torch.compile`, which takes a minute more a way; `--no-compile` leaves it out). Each side's best
 * way counts. A ratio is the median of the rounds' ratios.
 *
 * Measured is the step with the batch in memory: feeding, forward, backward, update, reading the loss.
 * `--kinds` prints instead where our step's time goes on one core, by kind of op, against the core's peak.
 *
 * PyTorch is looked for in `--python`, else in MIXNAS_BENCH_PYTHON, else in `python3`.
 */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allowedCores } from '../src/evaluation/cores.js';
import { countCost, lower, parseArchitecture } from '../src/models/index.js';
import { upperMedian } from '../src/base/index.js';
import { type Way, measure } from './training/measure.js';
import { kindLines, timeKinds } from './training/kinds.js';
import { networks } from './training/networks.js';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['MIXNAS_BENCH_PYTHON'] ?? 'python3' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    /** Indices of networks, with commas. */
    networks: { type: 'string', default: '0,1,2' },
    kinds: { type: 'boolean', default: false },
    'no-compile': { type: 'boolean', default: false },
  },
});
const batch = 128;
const cores = allowedCores();
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const uses: readonly Way['use'][] = ['together', 'apart'];

const node = (path: string) => [process.execPath, ...process.execArgv, file('training/ours.ts'), path];
const ours = uses.map((use): Way => ({ label: 'mixnas', command: node('native'), use }));
const tfjs = uses.map((use): Way => ({ label: 'tfjs', command: node('portable'), use }));
const keepPages = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 32),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 28),
};
const compiled = { ...keepPages, MIXNAS_BENCH_COMPILE: '1' };
const torchCommand = [options.python, file('peers/train.py')];
const torch = [...uses, 'shared' as const].flatMap((use): Way[] => [
  { label: 'PyTorch', command: torchCommand, use },
  { label: 'PyTorch, tuned malloc', command: torchCommand, use, environment: keepPages },
  ...(options['no-compile'] || use === 'shared'
    ? []
    : [{ label: 'PyTorch, compiled', command: torchCommand, use, environment: compiled }]),
]);
const hasTorch = spawnSync(options.python, ['-c', 'import torch']).status === 0;
if (!hasTorch) console.log(`no PyTorch: \`${options.python} -c "import torch"\` fails; see --python`);

console.log(
  `images a second, batch ${batch}, cores ${cores.join()}, load before ${loadavg()[0]?.toFixed(2)}, ` +
    `${options.rounds} rounds of ${options.seconds} s`,
);
for (const index of options.networks.split(',').map(Number)) {
  const architecture = networks[index];
  if (!architecture) throw new Error(`there is no network ${index}`);
  const graph = lower(parseArchitecture(architecture));
  if (options.kinds) {
    console.log(`\n${architecture.name}, batch ${batch}`);
    for (const line of kindLines(await timeKinds(graph, { batch, seconds: Number(options.seconds) }))) {
      console.log(line);
    }
    continue;
  }
  const ways = [...ours, ...tfjs, ...(hasTorch ? torch : [])];
  const rates = new Map<Way, number[]>(ways.map((way) => [way, []]));
  const versions = new Map<Way, string>();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const way of ways) {
      const { rate, version } = await measure(way, cores, { graph, batch, seconds: Number(options.seconds) });
      rates.get(way)?.push(rate);
      versions.set(way, version);
    }
  }
  console.log(`\n${architecture.name}: ${(countCost(graph).macs / 1e6).toFixed(2)} MMACs`);
  for (const way of ways) {
    const list = rates.get(way) as number[];
    console.log(
      `  ${way.label.padEnd(22)} ${way.use.padEnd(9)} ${upperMedian(list).toFixed(0).padStart(6)}` +
        `   (${list.map((rate) => rate.toFixed(0)).join(', ')})   ${versions.get(way)}`,
    );
  }
  const best = (side: readonly Way[]) =>
    side.reduce((a, b) =>
      upperMedian(rates.get(b) as number[]) > upperMedian(rates.get(a) as number[]) ? b : a,
    );
  const ratio = (side: readonly Way[]) => {
    const [a, b] = [rates.get(best(ours)) as number[], rates.get(best(side)) as number[]];
    return upperMedian(a.map((rate, round) => rate / (b[round] as number))).toFixed(2);
  };
  console.log(`  mixnas is ${ratio(tfjs)} times plain tfjs`);
  if (hasTorch) {
    const stock = torch.filter(({ environment }) => !environment);
    console.log(`  mixnas is ${ratio(torch)} times PyTorch at its best, ${ratio(stock)} times as it comes`);
  }
}
