/**
 * What a search does with a given time: how long a trial trains, whether hopeless ones are stopped early, and how much of
 * the time finalists get. Worked out from measured speed, once, and then stored with the run, which stays repeatable.
 */
import { formatDuration, formatInteger, significant } from '../../../base/index.js';
import type { OpenParts, RunConfig } from '../../config/index.js';

/** What a training takes with every worker busy. */
export interface Speed {
  readonly secondsPerStep: number;
  /** Of a whole evaluation: compiling and measuring accuracy. */
  readonly secondsBesides: number;
}

export interface PlanNeeds {
  /** Wall-clock time of the whole search. */
  readonly seconds: number;
  readonly workers: number;
  readonly speed: Speed;
  /** Images that are trained on, and in a batch. */
  readonly images: number;
  readonly batchSize: number;
  /** Steps where they are not open. */
  readonly steps: number;
  readonly open: OpenParts;
}

export interface SearchPlan {
  readonly trials: number;
  readonly steps: number;
  readonly fidelity: RunConfig['fidelity'];
  readonly finalists: RunConfig['finalists'];
  /** Trials that the time suffices for, about. */
  readonly expected: number;
  /** What was chosen and why, one line. */
  readonly text: string;
}

/** Of shorter times too little is left after measuring. */
export const shortestPlannedSeconds = 120;
/** The share of the time in which finalists are trained; the rest is the search's. */
const finalistShare = 0.35;
const finalistNetworks = 4;
const finalistSeeds = 2;
/** The search is to afford at least so many whole trainings; with early stopping, three times as many trials. */
const wholeTrials = 40;
/** A trial sets good networks apart from bad ones with so few steps, and hardly better with more than so many epochs. */
const leastSteps = 100;
const mostTrialEpochs = 10;
const mostFinalistEpochs = 150;
/** Successive halving: rungs at these shares of a trial, of each the best third continues. */
const rungShares = [1 / 6, 1 / 3];
const reductionFactor = 3;
/** Shorter trials are not stopped early: their first rung would say nothing. */
const leastHalvedSteps = 150;
/** `auto` models at most so many trials. */
const mostTrials = 1000;

/** With fewer trials there is nothing to choose finalists from: all of the time is the search's. */
const leastTrials = 20;

/** Plans a search. */
export function planSearch(needs: PlanNeeds): SearchPlan {
  const plan = planWith(needs);
  if (!needs.open.finalists || plan.expected >= leastTrials) return plan;
  return planWith({ ...needs, open: { ...needs.open, finalists: false } });
}

function planWith(needs: PlanNeeds): SearchPlan {
  const { seconds, workers, speed, images, batchSize, open } = needs;
  const { secondsPerStep, secondsBesides } = speed;
  const epoch = Math.max(1, images / batchSize);
  const forFinalists = open.finalists ? finalistShare : 0;
  const searchSeconds = seconds * (1 - forFinalists) * workers;

  const affordable = (searchSeconds / wholeTrials - secondsBesides) / secondsPerStep;
  const longest = Math.max(leastSteps, mostTrialEpochs * epoch);
  const steps = open.steps ? tidy(clamp(affordable, leastSteps, longest)) : needs.steps;
  const halves = open.fidelity && steps >= leastHalvedSteps;
  const rungs = rungShares.map((share) => Math.round(share * steps));
  const fidelity = halves ? { rungs, reductionFactor, lag: 4 } : undefined;
  const share = halves ? sharePerTrial() : 1;
  const perTrial = share * steps * secondsPerStep + (halves ? 1 + rungs.length / 3 : 1) * secondsBesides;
  const expected = Math.max(1, Math.floor(searchSeconds / perTrial));
  // Time ends the search; the number is only to be out of the way.
  const trials = clamp(2 * expected, 20, mostTrials);

  const each = (seconds * forFinalists * workers) / (finalistNetworks * finalistSeeds);
  const finalistSteps = tidy(
    clamp((each - secondsBesides) / secondsPerStep, steps, Math.max(steps, mostFinalistEpochs * epoch)),
  );
  const finalists = open.finalists
    ? { seeds: finalistSeeds, networks: finalistNetworks, steps: finalistSteps }
    : undefined;
  const parts = [
    `${significant(1000 * secondsPerStep)} ms a step measured on ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    `${formatInteger(steps)} steps a trial (${significant(steps / epoch)} epochs of ${formatInteger(images)} images)`,
    ...(halves ? [`two in three stopped at ${rungs.join(' and ')} steps`] : []),
    `about ${formatInteger(Math.min(expected, trials))} trials`,
    ...(finalists
      ? [
          `then ${finalistNetworks} of the front ${finalistSeeds} times more for ${formatInteger(finalistSteps)} steps, in the last ${formatDuration(seconds * forFinalists)}`,
        ]
      : []),
  ];
  return {
    trials,
    steps,
    fidelity,
    finalists,
    expected,
    text: `Planned for ${formatDuration(seconds)}: ${parts.join('; ')}.`,
  };
}

/** What a trial takes on average of a whole one where two in three are stopped at each rung. */
function sharePerTrial(): number {
  const ends = [...rungShares, 1];
  return ends.reduce((sum, end, i) => sum + (end - (ends[i - 1] ?? 0)) / reductionFactor ** i, 0);
}

const clamp = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, Math.floor(value)));

/** Two digits are as precise as the measurement. */
function tidy(steps: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(steps)) - 1);
  return Math.max(leastSteps, Math.floor(steps / unit) * unit);
}
