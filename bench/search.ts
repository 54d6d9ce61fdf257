/**
 * How good the samplers are: the share of the best hypervolume that is found after a number of distinct
 * evaluations, and their computing time, compared with peers whose results are recorded in `bench/peers/`.
 *
 *   npm run bench:search -- --samplers auto,nsga2,aging,random --problems zdt1,cell --seeds 5 --trials 200
 *   npm run bench:search -- --table FILE --devices pixel_litert,help_raspi4
 *   npm run bench:search -- --runs FILE --report bench/search/results.md   # in pieces, and written down
 *
 * It goes seed by seed. With `--runs`, runs that the file holds are not done again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SamplerSpec } from '../src/search/index.js';
import { readPeers } from './search/peers.js';
import { problemSet } from './search/problems.js';
import { type Row, missingTable, ratioTable, timeTable, winTable } from './search/report.js';
import { type Measured, runStudy } from './search/run.js';

const { values } = parseArgs({
  options: {
    samplers: { type: 'string', default: 'auto,nsga2,aging,random' },
    problems: { type: 'string' },
    table: { type: 'string' },
    devices: { type: 'string', default: 'pixel_litert' },
    seeds: { type: 'string', default: '10' },
    trials: { type: 'string', default: '500' },
    runs: { type: 'string' },
    report: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

interface Run extends Measured {
  readonly problem: string;
  readonly sampler: string;
  readonly seed: number;
}

const all = [50, 100, 200, 500];
const set = problemSet(values.table, values.devices.split(','));
const peers = readPeers();
const names = values.problems?.split(',') ?? set.names;
const samplers = values.samplers.split(',');
const runs: Run[] =
  values.runs !== undefined && existsSync(values.runs)
    ? (JSON.parse(readFileSync(values.runs, 'utf8')) as Run[])
    : [];
const problems = new Map<string, ReturnType<typeof set.make>>();

for (let seed = 0; seed < Number(values.seeds); seed++) {
  for (const name of names) {
    for (const sampler of samplers) {
      if (runs.some((r) => r.problem === name && r.sampler === sampler && r.seed === seed)) continue;
      const problem = problems.get(name) ?? set.make(name);
      problems.set(name, problem);
      const budgets = all.filter((n) => n <= Number(values.trials));
      const run = {
        problem: name,
        sampler,
        seed,
        ...runStudy(problem, sampler as SamplerSpec, seed, budgets),
      };
      runs.push(run);
      const reached = run.ratios.map((ratio) => ratio.toFixed(5)).join(' ');
      console.error(
        `${name} ${sampler} seed ${seed}: ${reached} (${(run.seconds.at(-1) ?? 0).toFixed(1)} s)`,
      );
      if (values.runs !== undefined) writeFileSync(values.runs, JSON.stringify(runs));
    }
  }
}

const rows: Row[] = names.flatMap((problem) => {
  const own = samplers.map((sampler) => ({
    problem,
    sampler,
    runs: runs.filter((r) => r.problem === problem && r.sampler === sampler),
  }));
  const recorded = peers.map((peer) => ({
    problem,
    sampler: peer.name,
    runs: peer.runs.filter((r) => r.problem === problem),
  }));
  return [...own, ...recorded].filter((row) => row.runs.length > 0);
});

const versions = peers.map((p) => `- ${p.name} ${p.version}: \`${p.command}\``).join('\n');
const ours = samplers[0] as string;
const text = `# Search: how much of the front is found

Written by \`npm run bench:search -- --report FILE\`. Each figure is the mean over seeds of the share of the best
hypervolume that was found after so many distinct evaluations; in brackets log10 of what is missing.

${ratioTable(rows, all)}

## Won and lost

Problems on which the mean of \`${ours}\` is at least that of the other, of those for which both are there.

${winTable(rows, all, ours)}

## What is missing at ${all.at(-1)}

${missingTable(
  rows,
  all,
  ours,
  peers.map((p) => p.name),
)}

## Thinking time

Processor seconds of all proposals up to a budget, one thread, mean over problems; peers as they were recorded.

${timeTable(rows, all)}

## Peers

Recorded once on the same machine, with Python.

${versions}
`;
if (values.report !== undefined) writeFileSync(values.report, text);
console.log(values.json ? JSON.stringify(rows, null, 1) : text);
