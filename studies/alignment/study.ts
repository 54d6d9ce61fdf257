/**
 * What borders of mixed convolutions at multiples of 16 channels do to each device, and to accuracy: pairs of a random
 * network and the same one aligned, trained alike on CIFAR-10.
 *
 *     npm run study:alignment [-- --networks N --seeds N --steps STEPS --seconds S --draw N --keep-devices]
 *
 * Continues where it was interrupted; with `--seconds` it stops by itself and reports on what is there. --keep-devices leaves the
 * part about devices as it is in the report, which takes minutes. Answers are kept in
 * `studies/alignment/alignment.jsonl`, the report in `studies/alignment/alignment.md`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/base/index.js';
import { bootstrap } from '../shared/statistics.js';
import { readAnswers, runTasks } from '../shared/tasks.js';
import { deviceTable } from './devices.js';
import { type AlignTask, alignTasks } from './plan.js';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: '4' },
    seeds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '300' },
    seconds: { type: 'string' },
    draw: { type: 'string', default: '100' },
    'keep-devices': { type: 'boolean', default: false },
    workers: { type: 'string', default: '1' },
    out: { type: 'string', default: join(packageRoot(), 'studies/alignment') },
  },
});
interface Trained {
  readonly accuracy: number;
}
const [networks, seeds, steps] = [values.networks, values.seeds, values.steps].map(Number) as [
  number,
  number,
  number,
];
const path = join(values.out, 'alignment.jsonl');
const tasks = alignTasks(networks, seeds, steps);
const training = runTasks<AlignTask, Trained>({
  module: new URL('./serve.js', import.meta.url),
  tasks,
  path,
  workers: Number(values.workers),
});
const stop = Number(values.seconds ?? Number.POSITIVE_INFINITY);
await Promise.race([
  training,
  ...(Number.isFinite(stop) ? [new Promise((done) => setTimeout(done, 1000 * stop))] : []),
]);

const answers = readAnswers<Trained>(path);
const pairs = tasks
  .filter(({ aligned }) => aligned)
  .flatMap(({ key, network, seed }) => {
    const aligned = answers.get(key)?.accuracy;
    const plain = answers.get(key.replace('aligned', 'plain'))?.accuracy;
    return aligned === undefined || plain === undefined ? [] : [{ network, seed, plain, aligned }];
  });
const points = (value: number) => (100 * value).toFixed(2);
const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

function accuracyPart(): string {
  if (pairs.length === 0) return 'Not run yet.';
  const differences = pairs.map(({ plain, aligned }) => aligned - plain);
  const { value, low, high } = bootstrap(differences.length, (chosen) =>
    mean(chosen.map((i) => differences[i] as number)),
  );
  const rows = [...new Set(pairs.map(({ network }) => network))].map((network) => {
    const own = pairs.filter((pair) => pair.network === network);
    const [plain, aligned] = [mean(own.map((p) => p.plain)), mean(own.map((p) => p.aligned))];
    return `| ${network} | ${own.length} | ${points(plain)} | ${points(aligned)} | ${points(aligned - plain)} |`;
  });
  const average = mean(differences);
  const squares = differences.reduce((sum, d) => sum + (d - average) ** 2, 0);
  const error = Math.sqrt(squares / Math.max(1, differences.length - 1) / differences.length);
  const better = differences.filter((d) => d > 0).length;
  return `Networks of \`cifar-small\`, ${steps} steps on CIFAR-10 each, plain and aligned from the same seed (of start, order and held-out
images), tested on the 10,000 test images: **${pairs.length} pairs** of ${tasks.length / 2} planned.

| network | seeds | plain % | aligned % | difference in points |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Aligned against plain: **${points(value)} points**, standard error ${points(error)}, middle 95 % of 10,000 bootstrap resamples of the pairs ${points(low)} to ${points(high)};
aligned was better in ${better} of ${pairs.length}. So short a training says little of networks trained to the end.`;
}

const page = join(values.out, 'alignment.md');

function devicesPart(): string {
  const known = existsSync(page)
    ? /^## Devices\n\n([^]*?)\n*^## Accuracy$/m.exec(readFileSync(page, 'utf8'))
    : null;
  if (values['keep-devices'] && known !== null) return known[1] as string;
  return `${values.draw} random networks of each space of which at least one border moves, at 224x224: predicted latency with the borders moved against
without, in percent: mean (5 % to 95 %).

${deviceTable(Number(values.draw))}`;
}

const report = `# What alignment does to devices and to accuracy

\`npm run study:alignment -- --networks ${networks} --seeds ${seeds} --steps ${steps}\`

Borders between the groups of mixed convolutions at multiples of 16 channels, where channels allow it; nothing else changes.

## Devices

${devicesPart()}

## Accuracy

${accuracyPart()}
`;
writeFileSync(page, report);
console.log(report);
// A training that is under way is not waited for.
process.exit();
