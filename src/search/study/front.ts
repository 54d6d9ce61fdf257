/** The front of a study, kept up trial by trial. */
import { type Point, createFront } from '../../pareto/index.js';
import { type Entry, metricsOf } from './entry.js';
import { type Constraint, type Objective, costsOf, frontCosts, totalViolation } from '../../metrics/index.js';

/** A trial that stands on the front, with its costs. */
interface Member {
  readonly entry: Entry;
  readonly costs: Point;
}

export interface StudyFront {
  /** Takes in a complete trial. Only those of the largest budget that one reached count. */
  enter(entry: Entry): void;
  /** Begins again with these, under the constraints as they are now. */
  rebuild(entries: readonly Entry[]): void;
  /** The trials on the front, by id. */
  trials(): Entry[];
  /** Their distinct costs. */
  costs(): Point[];
  /** The complete trial that meets the constraints and these, best by the first objective, then the second, ... */
  best(among: readonly Entry[], extra: readonly Constraint[]): Entry | undefined;
}

/** @param constraints what a trial must meet, as of now. */
export function createStudyFront(
  objectives: readonly Objective[],
  constraints: () => readonly Constraint[],
): StudyFront {
  let rung = 0;
  let front = createFront<Member>(objectives.length);
  const costsAt = (entry: Entry) => costsOf(metricsOf(entry), objectives);

  function enter(entry: Entry): void {
    if (entry.rung > rung) {
      rung = entry.rung;
      front = createFront(objectives.length);
    }
    if (entry.rung < rung) return;
    const metrics = metricsOf(entry);
    const costs = frontCosts((name) => metrics[name], { objectives, constraints: constraints() });
    if (costs) front.add({ entry, costs }, costs);
  }

  return {
    enter,
    rebuild(entries) {
      front = createFront(objectives.length);
      for (const entry of entries) if (entry.state === 'complete') enter(entry);
    },
    trials: () =>
      front
        .members()
        .map(({ entry }) => entry)
        .sort((a, b) => a.id - b.id),
    costs: () => {
      const distinct = new Map(front.members().map(({ costs }) => [Array.from(costs).join(), costs]));
      return [...distinct.values()];
    },
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
