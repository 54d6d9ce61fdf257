/**
 * What a proposal of `auto` costs as trials pile up, in processor milliseconds on one core: three told objectives, and
 * many ordered values a parameter, the two kinds of space in which it takes longest.
 *
 *   npm run bench:proposals
 *   npm run bench:proposals -- --problems crash --marks 20,120
 *
 * A mark is the mean of the twenty proposals before it. `share` is that of the best known hypervolume.
 */
import { parseArgs } from 'node:util';
import { createStudy } from '../src/search/index.js';
import { designProblems } from './search/design.js';
import { createMeter } from './search/problem.js';
import { syntheticProblems } from './search/synthetic.js';

const { values } = parseArgs({
  options: {
    problems: { type: 'string', default: 'crash,sphere10,zdt1-31' },
    marks: { type: 'string', default: '20,60,120,250,500' },
    seeds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const goalMs = 50;
const window = 20;
const marks = values.marks.split(',').map(Number);

interface Mark {
  readonly trials: number;
  readonly ms: number;
  readonly share: number;
}

function measure(name: string, seed: number): Mark[] {
  const make = designProblems[name] ?? syntheticProblems[name];
  if (!make) throw new Error(`there is no problem ${name}`);
  const problem = make(name);
  const study = createStudy({ ...problem, seed, trials: marks.at(-1) });
  const meter = createMeter(problem);
  const times: number[] = [];
  return marks.map((trials) => {
    while (study.trials.length < trials) {
      const before = process.cpuUsage();
      const trial = study.ask();
      const used = process.cpuUsage(before);
      times.push((used.user + used.system) / 1000);
      const metrics = problem.evaluate(trial);
      meter.add(trial, metrics);
      study.tell(trial.id, metrics);
    }
    const last = times.slice(-window);
    return { trials, ms: last.reduce((a, b) => a + b, 0) / last.length, share: meter.ratio() };
  });
}

for (const name of values.problems.split(',')) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const found = measure(name, seed);
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ problem: name, seed, marks: found })}\n`);
      continue;
    }
    for (const { trials, ms, share } of found) {
      const over = ms > goalMs ? `  above ${goalMs}` : '';
      process.stdout.write(
        `${name.padEnd(12)} seed ${seed}  ${String(trials).padStart(4)} trials  ${ms.toFixed(1).padStart(7)} ms  share ${share.toFixed(4)}${over}\n`,
      );
    }
  }
}
