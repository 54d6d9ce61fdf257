/**
 * A problem as a server on standard input and output, for peers in other languages: one JSON line in, one
 * out, after a first line that describes the space. So a problem is written down once.
 */
import { createInterface } from 'node:readline';
import { costsOf } from '../../src/metrics/index.js';
import { createMeter } from './problem.js';
import { problemSet } from './problems.js';

const [name = '', table, devices = 'pixel_litert'] = process.argv.slice(2);
const problem = problemSet(table, devices.split(',')).make(name);
const { space, objectives, constraints } = problem;
const seen = new Set<string>();
let meter = createMeter(problem);

const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
say({
  name,
  choices: space.parameters.map((p) => p.values.length),
  ordered: space.parameters.map((p) => p.values.every((v) => typeof v === 'number')),
  objectives: objectives.length,
  constraints: constraints.length,
});

for await (const line of createInterface({ input: process.stdin })) {
  const { genes } = JSON.parse(line) as { readonly genes?: number[] };
  if (!genes) {
    seen.clear();
    meter = createMeter(problem);
    say({});
    continue;
  }
  const genome = space.canonical(genes);
  if (!genome) throw new Error(`${line} is not a genome of ${name}`);
  const point = { params: space.params(genome), architecture: space.decode(genome) };
  const metrics = problem.evaluate(point);
  const isNew = !seen.has(space.key(genome));
  seen.add(space.key(genome));
  if (isNew) meter.add(point, metrics);
  // Violations in the way of Optuna and pymoo: met at 0 and below.
  const violations = constraints.flatMap(({ metric, max, min }) => [
    ...(max === undefined ? [] : [(metrics[metric] as number) - max]),
    ...(min === undefined ? [] : [min - (metrics[metric] as number)]),
  ]);
  say({ costs: [...costsOf(metrics, objectives)], violations, distinct: seen.size, ratio: meter.ratio() });
}
