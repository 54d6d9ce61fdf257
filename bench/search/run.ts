/** Runs one study on one problem and measures it. */
import { type SamplerSpec, createStudy } from '../../src/search/index.js';
import { type Problem, createMeter } from './problem.js';

export interface Measured {
  /** Share of the best hypervolume after each budget. */
  readonly ratios: readonly number[];
  /** Processor seconds that all proposals up to each budget took. */
  readonly seconds: readonly number[];
}

export function runStudy(
  problem: Problem,
  sampler: SamplerSpec,
  seed: number,
  budgets: readonly number[],
): Measured {
  const study = createStudy({ ...problem, sampler, seed, trials: budgets.at(-1) });
  const meter = createMeter(problem);
  const ratios: number[] = [];
  const seconds: number[] = [];
  let thinking = 0;
  for (const budget of budgets) {
    while (study.trials.length < budget && BigInt(study.trials.length) < problem.space.size) {
      const start = process.cpuUsage();
      const trial = study.ask();
      const used = process.cpuUsage(start);
      thinking += used.user + used.system;
      const metrics = problem.evaluate(trial);
      meter.add(trial, metrics);
      study.tell(trial.id, metrics);
    }
    ratios.push(meter.ratio());
    seconds.push(thinking / 1e6);
  }
  return { ratios, seconds };
}
