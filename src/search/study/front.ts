/** The front of a study, kept up trial by trial. */
import { dominates } from '../../pareto/index.js';
import { type Entry, metricsOf } from './entry.js';
import { type Constraint, type Objective, costsOf, totalViolation } from '../../metrics/index.js';

/** Non-dominated costs, with the trials that have them. */
interface FrontPoint {
  readonly costs: Float64Array;
  readonly entries: Entry[];
}

export interface StudyFront {
  /** Takes in a complete trial. Only those of the largest budget that one reached count. */
  enter(entry: Entry): void;
  /** Begins again with these, under the constraints as they are now. */
  rebuild(entries: readonly Entry[]): void;
  /** The trials on the front, by id. */
  trials(): Entry[];
  /** Their distinct costs. */
  costs(): Float64Array[];
  /** The complete trial that meets the constraints and these, best by the first objective, then the second, ... */
  best(among: readonly Entry[], extra: readonly Constraint[]): Entry | undefined;
}

/** @param constraints what a trial must meet, as of now. */
export function createStudyFront(
  objectives: readonly Objective[],
  constraints: () => readonly Constraint[],
): StudyFront {
  let rung = 0;
  let front: FrontPoint[] = [];
  const costsAt = (entry: Entry) => costsOf(metricsOf(entry), objectives);

  function enter(entry: Entry): void {
    if (entry.rung > rung) {
      rung = entry.rung;
      front = [];
    }
    if (entry.rung < rung) return;
    if (totalViolation(metricsOf(entry), constraints()) > 0) return;
    const point = costsAt(entry);
    const same = front.find((other) => other.costs.every((cost, k) => cost === point[k]));
    if (same) {
      same.entries.push(entry);
    } else if (!front.some((other) => dominates(other.costs, point))) {
      front = front.filter((other) => !dominates(point, other.costs));
      front.push({ costs: point, entries: [entry] });
    }
  }

  return {
    enter,
    rebuild(entries) {
      front = [];
      for (const entry of entries) if (entry.state === 'complete') enter(entry);
    },
    trials: () => front.flatMap((point) => point.entries).sort((a, b) => a.id - b.id),
    costs: () => front.map((point) => point.costs),
    best(among, extra) {
      const wanted = [...constraints(), ...extra];
      const order = (a: Entry, b: Entry): number => {
        const [x, y] = [costsAt(a), costsAt(b)];
        const i = x.findIndex((cost, k) => cost !== y[k]);
        return i < 0 ? a.id - b.id : (x[i] as number) - (y[i] as number);
      };
      return among
        .filter(
          (t) => t.state === 'complete' && t.rung === rung && totalViolation(metricsOf(t), wanted) === 0,
        )
        .reduce<Entry | undefined>((best, t) => (best && order(best, t) <= 0 ? best : t), undefined);
    },
  };
}
