/** From what happens in a search to what is worth saying aloud. Pure: the same for a search and for who watches it. */
import { formatInteger, significant } from '../../base/index.js';
import type { AlertKind, AlertsConfig } from '../alerts-schema.js';

/** Something to give notice of. */
export interface Alert {
  readonly kind: AlertKind;
  /** One line. */
  readonly text: string;
  readonly trial?: number | undefined;
}

/** A trial that has ended. */
export interface EndedTrial {
  readonly id: number;
  readonly state: string;
  readonly reason: string | undefined;
  /** Its first objective; undefined where it is not complete or breaks a limit. */
  readonly quality: number | undefined;
  /** Whether it joined the front. */
  readonly joined: boolean;
}

/** The first objective, as an alert names it. */
export interface Goal {
  readonly name: string;
  readonly more: boolean;
  readonly format?: (value: number) => string;
}

export interface AlertWatch {
  /** What a trial that has ended gives rise to. */
  trial(trial: EndedTrial): Alert[];
  worker(worker: number, reason: string | undefined): Alert[];
  /** @param reason why the search ended, in words. */
  end(reason: string): Alert[];
}

/** Two reasons are of one kind where they differ in numbers only: of a process, a trial, a time. */
const kindOf = (reason: string) => reason.replaceAll(/\d+(\.\d+)?/g, '#');

export function createAlertWatch(
  config: Pick<AlertsConfig, 'on' | 'failures' | 'stagnation'>,
  goal: Goal,
): AlertWatch {
  const wanted = new Set<AlertKind>(config.on);
  const format = goal.format ?? ((value: number) => significant(value, 4));
  let best: number | undefined;
  let failure = { kind: '', count: 0 };
  let finished = 0;
  let grewAt = 0;
  let isStale = false;

  const only = (alert: Alert): Alert[] => (wanted.has(alert.kind) ? [alert] : []);

  function quality({ id, quality: value, joined }: EndedTrial): Alert[] {
    if (value === undefined || Number.isNaN(value) || !joined) return [];
    const before = best;
    if (before !== undefined && !(goal.more ? value > before : value < before)) return [];
    best = value;
    const than = before === undefined ? '' : `, before ${format(before)}`;
    return only({
      kind: 'best',
      trial: id,
      text: `new best ${goal.name} ${format(value)} (trial ${id})${than}`,
    });
  }

  function failures({ id, state, reason = 'no reason given' }: EndedTrial): Alert[] {
    if (state !== 'failed') {
      if (state === 'complete') failure = { kind: '', count: 0 };
      return [];
    }
    const kind = kindOf(reason);
    failure = { kind, count: kind === failure.kind ? failure.count + 1 : 1 };
    // Said once for each time that it has happened so often, not for every further one.
    if (failure.count % config.failures !== 0) return [];
    return only({
      kind: 'failures',
      trial: id,
      text: `${failure.count} trials in a row failed alike: ${reason}`,
    });
  }

  function stagnation({ joined }: EndedTrial): Alert[] {
    if (joined) [grewAt, isStale] = [finished, false];
    if (isStale || finished - grewAt < config.stagnation) return [];
    isStale = true;
    return only({
      kind: 'stagnation',
      text: `the front has not grown for ${formatInteger(finished - grewAt)} trials`,
    });
  }

  return {
    trial(trial) {
      finished++;
      return [...quality(trial), ...failures(trial), ...stagnation(trial)];
    },
    worker: (worker, reason) =>
      only({ kind: 'worker', text: `worker ${worker} was lost${reason === undefined ? '' : `: ${reason}`}` }),
    end: (reason) => only({ kind: 'end', text: `the search ended: ${reason}` }),
  };
}
