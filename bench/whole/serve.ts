/** The space and its prices on standard input and output, for peers in other languages; first a line that describes it. */
import { createInterface } from 'node:readline';
import { graphAt, latenciesOf, limits, openSpace, violationsOf } from './plan.js';

const [name = '', resolution = '32', classes = '10'] = process.argv.slice(2);
const at = { resolution: Number(resolution), classes: Number(classes) };
const space = openSpace(name);
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
say({
  choices: space.genes.map(({ values }) => values.length),
  ordered: space.genes.map(({ values }) => values.every((value) => typeof value === 'number')),
  limits,
  classes: at.classes,
});
for await (const line of createInterface({ input: process.stdin })) {
  const { genes } = JSON.parse(line) as { readonly genes: number[] };
  const genome = space.canonical(genes);
  const architecture = space.decode(genome);
  const latencies = latenciesOf(architecture);
  say({
    genes: [...genome],
    latencies,
    violations: violationsOf(latencies),
    graph: graphAt(architecture, at),
  });
}
