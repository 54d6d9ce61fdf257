/** What it takes to load each profile: read, check and make ready to predict. In processor time, since machines are shared. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, upperMedian } from '../../src/base/index.js';
import { createPredictor, loadProfile, profileNames } from '../../src/hardware/index.js';

const times = 9;
const goal = 20;

function loadMs(name: string): number {
  const started = process.cpuUsage();
  createPredictor(loadProfile(name));
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** A table of Markdown: each profile of the package, slowest first, with its file's size; and what all have in common. */
export function loadTable(): string {
  const pathOf = (name: string) => join(packageRoot(), 'profiles', `${name}.json`);
  const names = profileNames().filter((name) => existsSync(pathOf(name)));
  const [first] = names as [string];
  const cold = loadMs(first);
  const rows = names
    .map((name) => {
      const list = Array.from({ length: times }, () => loadMs(name));
      return { name, size: statSync(pathOf(name)).size, median: upperMedian(list), worst: Math.max(...list) };
    })
    .sort((a, b) => b.median - a.median);
  const over = rows.filter(({ median }) => median >= goal).length;
  const all = rows.map(({ median }) => median);
  return [
    '| profile | KB | median ms | worst ms |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ name, size, median, worst }) =>
        `| \`${name}\` | ${Math.round(size / 1000)} | ${median.toFixed(1)} | ${worst.toFixed(1)} |`,
    ),
    '',
    `${rows.length} profiles, ${times} times each, in ms of processor time: median of the medians ${upperMedian(all).toFixed(1)}, slowest ${Math.max(...all).toFixed(1)}; ${over} take ${goal} or more.`,
    `The first one that this process loaded, before anything was compiled (\`${first}\`): ${cold.toFixed(1)} ms.`,
  ].join('\n');
}
