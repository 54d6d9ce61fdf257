/**
 * What a running search is asked from outside, and does: pause, continue, stop, a new budget, a tighter
 * limit, a network to try next. Each is answered in the journal before anything rests on it, so that a
 * resumed run proposes what the unbroken one would have.
 */
import { MixnasError, messageOf } from '../../base/index.js';
import { type FrontRules, limitedMetric } from '../../metrics/index.js';
import type { Architecture } from '../../models/index.js';
import { type Command, type RunWriter, commandText } from '../../runs/index.js';
import type { Params, Study } from '../../search/index.js';
import type { RunConfig } from '../config/index.js';
import { type FrontKeeper, completeTrials } from './front-keeper.js';
import type { SearchEvent } from './events.js';

/** What a search may do now, as it was asked. */
export interface SearchControl {
  readonly paused: boolean;
  /** No new trials: those that run are finished, and the search ends. */
  readonly stopping: boolean;
  /** Trials in all. */
  readonly trials: number;
  /** What the front is, with the limits in force; another object once one was tightened. */
  readonly rules: FrontRules;
  /** Whether the time of this session for trials is used up; pauses do not count. */
  readonly timeIsUp: boolean;
  /** Of this session, what is kept for finalists included; infinite without a limit. */
  readonly secondsLeft: number;
  /** Resolves once it is not paused, or the signal or the search's end says to stop. */
  unpaused(signal: AbortSignal | undefined): Promise<void>;
  /** @param listener called when something was taken, or went wrong. */
  onChange(listener: () => void): void;
  /** What ends the search: the journal could not be written. */
  readonly problem: unknown;
  /** Polls no more. */
  close(): void;
}

export interface SearchControlOptions {
  readonly config: Pick<RunConfig, 'budget' | 'profiles' | 'robust'>;
  readonly study: Pick<Study<Params, Architecture>, 'trials' | 'plan' | 'limit' | 'enqueue'>;
  readonly writer: Pick<RunWriter, 'append' | 'requests'>;
  readonly front: Pick<FrontKeeper, 'judge'>;
  /** What the front is as the session begins. */
  readonly rules: FrontRules;
  readonly emit: (event: SearchEvent) => void;
  /** Seconds that are kept for what follows the trials, of a session of so many. */
  readonly reserve?: (seconds: number) => number;
}

/** How often the control file is looked at. */
const lookEveryMs = 150;

export function createSearchControl(options: SearchControlOptions): SearchControl {
  const { config, study, writer, front, emit, reserve = () => 0 } = options;
  let { trials, seconds = Number.POSITIVE_INFINITY } = config.budget;
  let { rules } = options;
  let stopping = false;
  let pausedAt: number | undefined;
  let problem: unknown;
  let listener = (): void => {};
  /** Who waits for the end of a pause. */
  let waiting: (() => void)[] = [];
  /** When this session would have started without its pauses. */
  let started = performance.now();

  const unpause = (): void => {
    if (pausedAt !== undefined) started += performance.now() - pausedAt;
    pausedAt = undefined;
  };

  const metricOf = (profile: string): string => limitedMetric(config, profile);

  /** @throws MixnasError when it cannot be done; nothing is changed then. */
  function carryOut(command: Command): void {
    switch (command.type) {
      case 'pause':
        pausedAt ??= performance.now();
        return;
      case 'continue':
        return unpause();
      case 'stop':
        stopping = true;
        return;
      case 'trials':
        trials = command.trials;
        return study.plan(trials);
      case 'time':
        seconds = command.seconds;
        return;
      case 'limit':
        if (!config.profiles.includes(command.profile)) {
          throw new MixnasError('bad-usage', `${command.profile} is not a device of this search.`);
        }
        return study.limit(metricOf(command.profile), command.ms);
      case 'queue':
        return study.enqueue(command.architecture);
    }
  }

  /** What changes files: only once the journal says that it was taken, so that a kill leaves no half of it. */
  function apply(command: Command): void {
    if (command.type !== 'limit') return;
    const limit = { metric: metricOf(command.profile), max: command.ms };
    rules = { ...rules, constraints: [...(rules.constraints ?? []), limit] };
    front.judge(rules, completeTrials(study));
  }

  function answer(command: Command): { state: 'taken' | 'refused'; reason?: string } {
    try {
      carryOut(command);
      return { state: 'taken' };
    } catch (error) {
      if (!(error instanceof MixnasError)) throw error;
      return { state: 'refused', reason: error.message };
    }
  }

  function look(): void {
    try {
      const requests = writer.requests();
      for (const { id, command } of requests) {
        const given = answer(command);
        writer.append({ type: 'control', id, command, ...given });
        if (given.state === 'taken') apply(command);
        emit({ type: 'control', text: commandText(command), reason: given.reason });
      }
      if (requests.length > 0) listener();
    } catch (error) {
      problem ??= error instanceof Error ? error : new Error(messageOf(error));
      listener();
    }
  }
  function wakeWaiting(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }
  const timer = setInterval(() => {
    look();
    if (pausedAt === undefined || stopping || problem) wakeWaiting();
  }, lookEveryMs);
  const secondsLeft = () => seconds - ((pausedAt ?? performance.now()) - started) / 1000;

  return {
    get paused() {
      return pausedAt !== undefined;
    },
    get stopping() {
      return stopping;
    },
    get trials() {
      return trials;
    },
    get rules() {
      return rules;
    },
    get timeIsUp() {
      return secondsLeft() <= (Number.isFinite(seconds) ? reserve(seconds) : 0);
    },
    get secondsLeft() {
      return secondsLeft();
    },
    async unpaused(signal) {
      if (pausedAt === undefined || stopping || problem || signal?.aborted) return;
      await new Promise<void>((done) => {
        waiting.push(done);
        signal?.addEventListener('abort', () => done());
      });
    },
    onChange(next) {
      listener = next;
    },
    get problem() {
      return problem;
    },
    close: () => clearInterval(timer),
  };
}
