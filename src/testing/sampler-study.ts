/** The studies that the checks of a sampler run, and what they read from them. */
import { MixnasError } from '../base/index.js';
import {
  type Params,
  type SamplerFactory,
  type SamplerSpec,
  type Space,
  type SpaceSpec,
  type Study,
  type StudyOptions,
  type TrialRecord,
  createStudy,
  discreteSpace,
} from '../search/index.js';
import { evaluateSmall, smallSpace, twoObjectives } from './small-space.js';

/** A sampler of one's own, or one of ours by name. */
export type AnySampler = SamplerFactory | SamplerSpec;

interface Options extends Partial<StudyOptions<Params, Params>> {
  readonly space?: SpaceSpec | undefined;
}

/** A study of the small space; it has one budget, for a sampler that promotes between rungs. */
export function smallStudy(sampler: AnySampler, { space = smallSpace, ...options }: Options = {}): Study {
  const fidelity = sampler === 'mo-asha' ? { rungs: [1] } : undefined;
  const made = discreteSpace(space) as unknown as Space;
  return createStudy({ space: made, objectives: twoObjectives, sampler, seed: 3, fidelity, ...options });
}

/** Asks for `count` trials and reports their results, one after the other. */
export function runStudy(study: Study, count: number): Study {
  for (let i = 0; i < count; i++) {
    const trial = study.ask();
    study.tell(trial.id, evaluateSmall(trial.params));
  }
  return study;
}

export const keysOf = (study: Study): string[] => study.trials.map((t) => t.genome.join());

/** The code of the error that an action throws. */
export function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof MixnasError ? error.code : String(error);
  }
  return 'no error';
}

/** What a journal would hold of a study. */
export function recordsOf(study: Study): TrialRecord[] {
  return JSON.parse(JSON.stringify(study.trials)) as TrialRecord[];
}
