/** Fronts of several runs by one measure: what they share, their union, hypervolume and coverage. */
import {
  createNormalizedHypervolume,
  directionOf,
  latencyMetric,
  pointOf,
  sharedScales,
} from '../../metrics/index.js';
import { coverage, epsilonIndicator, paretoFront } from '../../pareto/index.js';
import type { Joined, OverlaidRun } from './pool.js';

/** A run that was read. */
export type ReadRun = OverlaidRun & { readonly view: NonNullable<OverlaidRun['view']> };
export const isRead = (run: OverlaidRun): run is ReadRun => run.view !== undefined;

/** What several runs are compared by: accuracy, and the latency on the devices that all of them price. */
export interface Shared {
  readonly devices: readonly string[];
  /** A member as a point to be made small, each cost from 0 to 1 where it counts. */
  point(member: Joined): number[];
  /** The hypervolume of points. */
  volumeOf(points: readonly (readonly number[])[]): number;
  /** The hypervolume after each of some members in turn. */
  growth(members: readonly Joined[]): number[];
}

export interface RunMeasures {
  readonly run: ReadRun;
  readonly hypervolume: number;
  /** Members of the front of all runs together that are this run's. */
  readonly inUnion: number;
  /** Share of the baseline's front that it covers, and of its own that the baseline does; undefined for the baseline. */
  readonly covers: number | undefined;
  readonly covered: number | undefined;
  readonly epsilon: number | undefined;
  readonly isBaseline: boolean;
}

export interface Comparison {
  readonly shared: Shared;
  readonly runs: readonly RunMeasures[];
  readonly union: { readonly members: readonly Joined[]; readonly hypervolume: number };
}

/** Undefined where the runs have no device in common. */
export function sharedBy(runs: readonly ReadRun[]): Shared | undefined {
  const [first] = runs;
  const devices = first?.view.config.profiles.filter((name) =>
    runs.every(({ view }) => view.config.profiles.includes(name)),
  );
  if (!devices || devices.length === 0) return undefined;
  const names = devices.map((name) => latencyMetric(name));
  const objectives = ['accuracy', ...names].map((name) => ({ name, direction: directionOf(name) }));
  const scales = sharedScales(
    names,
    runs.map(({ view }) => view.references.scales),
  );
  const point = (member: Joined) => pointOf((name) => member.metric(name), objectives, scales);
  return {
    devices,
    point,
    volumeOf(points) {
      const volume = createNormalizedHypervolume(objectives);
      for (const one of points) volume.add([...one]);
      return volume.value;
    },
    growth(members) {
      const volume = createNormalizedHypervolume(objectives);
      return members.map((member) => {
        volume.add(point(member));
        return volume.value;
      });
    },
  };
}

/** Compares runs; the baseline is the run of that name, or else the first. */
export function compareRuns(runs: readonly ReadRun[], baseline: string | undefined): Comparison | undefined {
  const shared = sharedBy(runs);
  if (!shared) return undefined;
  const points = runs.map(({ front }) => front.map(shared.point));
  const base = Math.max(
    0,
    runs.findIndex(({ name }) => name === baseline),
  );
  const all = runs.flatMap(({ front }, at) => front.map((member) => ({ member, at })));
  const kept = paretoFront(points.flat()).map((i) => all[i] as (typeof all)[number]);
  const [own, basePoints] = [points, points[base] ?? []];
  return {
    shared,
    union: {
      members: kept.map(({ member }) => member),
      hypervolume: shared.volumeOf(kept.map(({ member }) => shared.point(member))),
    },
    runs: runs.map((run, i) => {
      const mine = own[i] ?? [];
      const other = <T>(value: () => T) => (i === base ? undefined : value());
      return {
        run,
        hypervolume: shared.volumeOf(mine),
        inUnion: kept.filter(({ at }) => at === i).length,
        covers: other(() => coverage(mine, basePoints)),
        covered: other(() => coverage(basePoints, mine)),
        epsilon: other(() => epsilonIndicator(mine, basePoints)),
        isBaseline: i === base,
      };
    }),
  };
}
