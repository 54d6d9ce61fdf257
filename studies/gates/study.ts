/**
 * The gate study: on `textures`, whose classes differ by scale, the same network without a gate, with soft
 * gates and with hard ones, over several seeds.
 *
 *     npm run study:gates
 *     npm run study:gates -- --steps 600 --seeds 1,2,3,4,5 --only soft,ungated
 *     npm run study:gates -- --techniques --seeds 1,2 --page studies/gates/techniques.md
 *
 * With `--techniques` it is ways to train hard gates at half of the MACs; answers are in `techniques.jsonl`, and `--report`
 * makes their page without training.
 *
 * Every training is kept in `--results`; one that is there is not repeated, so an interrupted study continues.
 * Prints the page, and writes it to `--page` where that is given.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDataSet, loadRuntime } from '../../src/training/index.js';
import { casesOf, classes } from './cases.js';
import { pageOf } from './page.js';
import { type Result, runCase } from './run.js';
import { studyTechniques } from './run-techniques.js';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '400' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    /** Names of cases; default: all. */
    only: { type: 'string' },
    results: { type: 'string', default: 'runs/gate-study' },
    page: { type: 'string' },
    techniques: { type: 'boolean', default: false },
    /** Of the techniques: only the page of the answers that are there. */
    report: { type: 'boolean', default: false },
    /** Answers of the techniques, a JSON line each. */
    answers: { type: 'string', default: 'studies/gates/techniques.jsonl' },
  },
});
const steps = Number(options.steps);
const seeds = options.seeds.split(',').map(Number);
const size = 8000;

const page = options.techniques
  ? await studyTechniques({
      steps,
      seeds,
      size,
      classes,
      only: options.report ? [] : options.only?.split(','),
      path: options.answers,
    })
  : await studyCases();
console.log(page);
if (options.page !== undefined) writeFileSync(options.page, page);

/** Trains what has no result yet, and makes the page. */
async function studyCases(): Promise<string> {
  const cases = casesOf(steps);
  const chosen = options.only?.split(',') ?? cases.map(({ name }) => name);

  mkdirSync(options.results, { recursive: true });
  const pathOf = (name: string, seed: number) =>
    join(options.results, `${name.replaceAll(/\W+/g, '-')}-${steps}-${seed}.json`);
  const known = (name: string, seed: number): Result | undefined =>
    existsSync(pathOf(name, seed))
      ? (JSON.parse(readFileSync(pathOf(name, seed), 'utf8')) as Result)
      : undefined;

  const missing = seeds.flatMap((seed) =>
    cases.filter(({ name }) => chosen.includes(name) && !known(name, seed)).map((one) => ({ one, seed })),
  );
  if (missing.length > 0) {
    const dataset = await loadDataSet({ name: 'textures', size, classes });
    const runtime = await loadRuntime({ intraOpThreads: 1 });
    for (const { one, seed } of missing) {
      const result = await runCase(one, seed, { dataset, runtime });
      writeFileSync(pathOf(one.name, seed), `${JSON.stringify(result)}\n`);
      const { accuracy, macs, expectedMacs, seconds } = result;
      console.error(
        `${one.name}, seed ${seed}: ${(100 * accuracy).toFixed(2)} %, ${Math.round(expectedMacs)} of ${macs} MACs, ${seconds.toFixed(0)} s`,
      );
    }
  }

  const results = new Map(
    cases.map(({ name }) => [name, seeds.flatMap((seed) => known(name, seed) ?? [])] as const),
  );
  return pageOf(cases, results, { steps, size, classes, seeds });
}
