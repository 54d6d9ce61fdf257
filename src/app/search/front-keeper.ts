/** Keeps the front of a search as trials come in: its files, and the weights of what is or may come back on it. */
import { type FrontRules, latencyMetric } from '../../metrics/index.js';
import type { Architecture, MixnetSpace } from '../../models/index.js';
import type { Params, Study } from '../../search/index.js';
import {
  type Finalists,
  type FrontMember,
  type Measured,
  type RunFront,
  type RunWriter,
  createHypervolumeMeter,
  createRunFrontier,
} from '../../runs/index.js';
import { createLasting } from './lasting-trials.js';
import type { RunConfig } from '../config/index.js';

/** A trial with the genome that it is of. */
export interface FinishedTrial extends Measured {
  readonly genome: ArrayLike<number>;
}

/** What a front is made of. */
export function completeTrials({ trials }: Pick<Study<Params, Architecture>, 'trials'>): FinishedTrial[] {
  return trials.flatMap(({ id, known, values, state, genome }) =>
    values && state === 'complete' ? [{ id, known, values, state, genome }] : [],
  );
}

export interface FrontKeeper {
  /** Takes a finished trial. Returns whether it is on the front. @throws MixnasError `no-space` */
  add(trial: FinishedTrial): boolean;
  /** Judges all trials again: members beyond a tighter limit go, and those that they had beaten come back. */
  judge(rules: FrontRules, trials: readonly FinishedTrial[]): void;
  /** Trials taken so far. */
  readonly finished: number;
  /** Members of the front. */
  readonly size: number;
  readonly hypervolume: number;
  /** The result of the search so far. */
  result(): RunFront;
  /** Takes what the finalists came to: the result is then by their later accuracies, until another trial is added. */
  conclude(finalists: Finalists<FinishedTrial> | undefined): void;
  /** Writes `front.json` and `front.csv` if they are not up to date. */
  flush(): void;
}

export interface FrontKeeperOptions {
  readonly config: Pick<RunConfig, 'profiles' | 'robust' | 'seed' | 'deploy'>;
  readonly space: Pick<MixnetSpace, 'decode'>;
  readonly rules: FrontRules;
  readonly writer: Pick<RunWriter, 'name' | 'removeWeights' | 'keepWeights' | 'writeFront'>;
  /** Trials of earlier sessions. */
  readonly before: readonly FinishedTrial[];
  /** Wall-clock time of earlier sessions. */
  readonly secondsBefore: number;
}

/** The front's files are replaced no more often than this while the search runs. */
const writeEveryMs = 1000;

export function createFrontKeeper(options: FrontKeeperOptions): FrontKeeper {
  const { config, space, writer, before, secondsBefore } = options;
  let { rules } = options;
  let meter = createHypervolumeMeter(rules);
  const started = performance.now();
  let front = createRunFrontier<FinishedTrial>(rules);
  let finished = before.length;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let stale = true;
  let concluded: Finalists<FinishedTrial> | undefined;
  for (const trial of before) {
    meter.add(trial);
    front.add(trial);
  }
  const kept = createLasting(config);
  for (const trial of before) kept.add(trial, rules);
  writer.keepWeights(kept.ids());

  function memberOf({ id, known, values, genome }: FinishedTrial): FrontMember {
    const all = { ...known, ...values };
    const latencies = config.profiles.map((name) => [name, all[latencyMetric(name)] as number]);
    return {
      trial: id,
      accuracy: all['accuracy'] as number,
      latencyMs: Object.fromEntries(latencies) as Record<string, number>,
      params: all['params'] as number,
      macs: all['macs'] as number,
      architecture: space.decode(genome),
    };
  }

  /** Finalists, by the means of their later accuracies. */
  function laterMembers(
    rows: readonly FinishedTrial[],
    { finalists }: Finalists<FinishedTrial>,
  ): FrontMember[] {
    return rows.flatMap((row) => {
      const finalist = finalists.find(({ trial }) => trial === row.id);
      if (!finalist) return [];
      const { first, deviation, seeds, later } = finalist;
      const spread = deviation === undefined ? {} : { deviation };
      return [{ ...memberOf(row), accuracy: later, finalist: { firstAccuracy: first, ...spread, seeds } }];
    });
  }

  /** The front, and who has left it by later accuracies. */
  function members(): Pick<RunFront, 'front' | 'fallen'> {
    if (!concluded?.later) return { front: front.members().map(memberOf) };
    const { later, laterRows } = concluded;
    const fallen = laterMembers(
      laterRows.filter((row) => !later.includes(row)),
      concluded,
    );
    return { front: laterMembers(later, concluded), ...(fallen.length > 0 ? { fallen } : {}) };
  }

  function result(): RunFront {
    return {
      run: writer.name,
      seed: config.seed,
      trials: finished,
      ...members(),
      deploy: config.deploy,
      hypervolume: meter.value,
      seconds: Math.round((secondsBefore + (performance.now() - started) / 1000) * 10) / 10,
    };
  }

  function flush(): void {
    if (!stale) return;
    writer.writeFront(result());
    writtenAt = performance.now();
    stale = false;
  }

  return {
    add(trial) {
      finished++;
      stale = true;
      concluded = undefined;
      meter.add(trial);
      const onFront = front.add(trial);
      for (const id of kept.add(trial, rules)) writer.removeWeights(id);
      if (onFront && performance.now() - writtenAt >= writeEveryMs) flush();
      return onFront;
    },
    judge(next, trials) {
      rules = next;
      concluded = undefined;
      front = createRunFrontier(rules);
      meter = createHypervolumeMeter(rules);
      for (const trial of trials) {
        meter.add(trial);
        front.add(trial);
      }
      for (const id of kept.judge(rules)) writer.removeWeights(id);
      stale = true;
      flush();
    },
    get finished() {
      return finished;
    },
    get size() {
      return front.size;
    },
    get hypervolume() {
      return meter.value;
    },
    result,
    conclude(finalists) {
      concluded = finalists;
      stale = true;
    },
    flush,
  };
}
