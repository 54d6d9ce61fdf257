/**
 * How good the samplers are: the share of the best hypervolume that is found after a number of distinct
 * evaluations, and the time they think, beside peers whose results are recorded in `bench/peers/`.
 *
 *   npm run bench:search -- --samplers auto,nsga2,random --problems zdt1,cell --seeds 5 --trials 200
 *   npm run bench:search -- --table FILE --devices pixel_litert,help_raspi4
 */
import { parseArgs } from 'node:util';
import type { SamplerSpec } from '../src/search/index.js';
import { problemSet } from './search/problems.js';
import { readPeers } from './search/peers.js';
import { type Measured, runStudy } from './search/run.js';

const { values } = parseArgs({
  options: {
    samplers: { type: 'string', default: 'auto,nsga2,random' },
    problems: { type: 'string' },
    table: { type: 'string' },
    devices: { type: 'string', default: 'pixel_litert' },
    seeds: { type: 'string', default: '10' },
    trials: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});

const budgets = [50, 100, 200, 500].filter((n) => n <= Number(values.trials));
const set = problemSet(values.table, values.devices.split(','));
const peers = readPeers();
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/** Means over seeds at each budget: ratio, missing share as a power of ten, thinking seconds. */
function summarise(runs: readonly Measured[]) {
  return budgets.flatMap((budget, i) => {
    const ratios = runs.flatMap((run) => run.ratios[i] ?? []);
    const seconds = runs.flatMap((run) => run.seconds[i] ?? []);
    return ratios.length === 0 ? [] : [{ budget, ratio: mean(ratios), seconds: mean(seconds) }];
  });
}

const report: unknown[] = [];
for (const name of values.problems?.split(',') ?? set.names) {
  const problem = set.make(name);
  if (!values.json) console.log(`\n${name} (${problem.space.size} points)`);
  const rows: [string, readonly Measured[]][] = values.samplers.split(',').map((sampler) => {
    const runs = Array.from({ length: Number(values.seeds) }, (_, seed) =>
      runStudy(problem, sampler as SamplerSpec, seed, budgets),
    );
    return [sampler, runs];
  });
  for (const peer of peers) {
    const runs = peer.runs.filter((run) => run.problem === name);
    if (runs.length > 0) rows.push([peer.name, runs]);
  }
  for (const [sampler, runs] of rows) {
    const summary = summarise(runs);
    report.push({ problem: name, sampler, seeds: runs.length, summary });
    if (values.json) continue;
    const cells = summary.map(
      ({ ratio, seconds }) =>
        `${ratio.toFixed(5)} (${Math.log10(Math.max(1e-9, 1 - ratio)).toFixed(2)}) ${seconds.toFixed(1)}s`,
    );
    console.log(`${sampler.padEnd(16)} ${cells.map((cell) => cell.padEnd(24)).join('')}`);
  }
}
if (values.json) console.log(JSON.stringify(report, null, 1));
