/** Trains the techniques that have no answer yet, seed by seed, and makes their page. */
import { appendFileSync } from 'node:fs';
import { loadDataSet, loadRuntime } from '../../src/training/index.js';
import { readAnswers } from '../shared/tasks.js';
import { techniquesPage } from './techniques-page.js';
import { type TechniqueResult, runTechnique, techniquesOf } from './techniques.js';

export interface TechniquesOptions {
  readonly steps: number;
  readonly seeds: readonly number[];
  readonly size: number;
  readonly classes: number;
  /** Names of techniques to train, in this order; default: all. */
  readonly only?: readonly string[] | undefined;
  /** The JSON lines with the answers. */
  readonly path: string;
}

/** @returns the page, with every answer of these steps that is in the file. */
export async function studyTechniques(options: TechniquesOptions): Promise<string> {
  const { steps, seeds, size, classes, path } = options;
  const techniques = techniquesOf(steps);
  const keyOf = (name: string, seed: number) => `${name} ${steps} ${seed}`;
  const answers = readAnswers<TechniqueResult>(path);
  const chosen = options.only ?? techniques.map(({ name }) => name);
  const missing = seeds.flatMap((seed) =>
    chosen.flatMap((name) => {
      const technique = techniques.find((one) => one.name === name);
      if (!technique)
        throw new Error(
          `--only: ${name} is not a technique: ${techniques.map((one) => one.name).join(', ')}`,
        );
      return answers.has(keyOf(name, seed)) ? [] : [{ technique, seed }];
    }),
  );
  if (missing.length > 0) {
    const dataset = await loadDataSet({ name: 'textures', size, classes });
    const runtime = await loadRuntime({ intraOpThreads: 1 });
    for (const { technique, seed } of missing) {
      const result = await runTechnique(technique, seed, { dataset, runtime });
      const key = keyOf(technique.name, seed);
      appendFileSync(path, `${JSON.stringify({ key, ...result })}\n`);
      answers.set(key, result);
      const share = (100 * result.expectedMacs) / result.macs;
      console.error(
        `${technique.name}, seed ${seed}: ${(100 * result.accuracy).toFixed(2)} %, ${share.toFixed(1)} % of the MACs, ${result.seconds.toFixed(0)} s`,
      );
    }
  }
  const results = new Map(
    techniques.map(({ name }) => {
      const own = seeds.flatMap((seed) => {
        const answer = answers.get(keyOf(name, seed));
        return answer ? [[seed, answer] as const] : [];
      });
      return [name, new Map(own)] as const;
    }),
  );
  return techniquesPage(techniques, results, { steps, size, classes, seeds });
}
