/** Which member of the front a user's limits and weights choose. */
import { kneePoint } from '../../pareto/index.js';
import type { Device, RunModel } from '../model/run-model.js';
import { kinds } from '../model/trials.js';

/** What the user asks for. Plain data; nothing is set at first, and the most accurate member is the pick. */
export interface Wishes {
  /** Limits by the metric of a device: tighter ones than the run's, or the run's own again. */
  readonly limits: Readonly<Record<string, number>>;
  /** How much each objective counts, from 0 to `mostWeight`; accuracy alone at first. */
  readonly weights: Readonly<Record<string, number>>;
  /** Whether what breaks a limit is left out of the plot. */
  readonly hide: boolean;
  /** Whether the pick is the knee of what keeps the limits, whatever the weights are. */
  readonly knee: boolean;
  /** The objective whose weight the keys change, by its place. */
  readonly row: number;
}

export const noWishes: Wishes = { limits: {}, weights: {}, hide: false, knee: false, row: 0 };
export const mostWeight = 9;

export interface Objective {
  readonly name: string;
  /** What it is called on the screen: a device for its latency. */
  readonly title: string;
  readonly column: ArrayLike<number>;
  readonly more: boolean;
  readonly weight: number;
}

export interface Choice {
  /** The chosen row; undefined where nothing keeps the limits. */
  readonly pick: number | undefined;
  /** Members of the front that keep every limit, and all there are. */
  readonly within: readonly number[];
  readonly members: readonly number[];
}

/** The objectives of the run with their weights. */
export function objectivesOf(model: RunModel, { weights }: Wishes): Objective[] {
  return model.view.manifest.objectives.map(({ name, direction }) => ({
    name,
    title:
      model.devices.find(({ metric, latencyMetric }) => name === metric || name === latencyMetric)?.name ??
      name,
    column: model.table.column(name),
    more: direction === 'maximize',
    weight: weights[name] ?? (name === 'accuracy' ? 1 : 0),
  }));
}

/** The limit on a device that is in force here: the user's, else the run's. */
export const limitOf = ({ limits }: Wishes, { metric, limitMs }: Device): number | undefined =>
  limits[metric] ?? limitMs;

/** The devices with their limits in force here. */
const limited = (model: RunModel, wishes: Wishes) =>
  model.devices.flatMap((device) => {
    const max = limitOf(wishes, device);
    return max === undefined ? [] : [{ column: model.table.column(device.metric), max }];
  });

/** What the limits and weights choose from the front. */
export function choose(model: RunModel, wishes: Wishes): Choice {
  return model.memo(`choice ${JSON.stringify([wishes.limits, wishes.weights, wishes.knee])}`, () => {
    const limits = limited(model, wishes);
    const members = model.table.front();
    const within = members.filter((row) =>
      limits.every(({ column, max }) => !((column[row] as number) > max)),
    );
    return {
      pick: wishes.knee ? kneeOf(model, wishes, within) : bestOf(model, wishes, within),
      within,
      members,
    };
  });
}

function kneeOf(model: RunModel, wishes: Wishes, rows: readonly number[]): number | undefined {
  const objectives = objectivesOf(model, wishes);
  const points = rows.map((row) =>
    objectives.map(({ column, more }) => (more ? -1 : 1) * (column[row] as number)),
  );
  const knee = kneePoint(points);
  return knee === undefined ? undefined : rows[knee];
}

/** The highest weighted sum of objectives, each from 0 to 1 over the whole front; the most accurate of equals. */
function bestOf(model: RunModel, wishes: Wishes, rows: readonly number[]): number | undefined {
  const objectives = objectivesOf(model, wishes).map((objective) => {
    const values = model.table.front().map((row) => objective.column[row] as number);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { ...objective, low, range: high - low };
  });
  const score = (row: number) =>
    objectives.reduce((sum, { column, more, weight, low, range }) => {
      const share = range > 0 ? ((column[row] as number) - low) / range : 0;
      return sum + weight * (more ? share : 1 - share);
    }, 0);
  const accuracy = model.table.column('accuracy');
  return rows.toSorted(
    (a, b) => score(b) - score(a) || (accuracy[b] as number) - (accuracy[a] as number) || a - b,
  )[0];
}

/** The next limit on a device in a direction: what lets one more member of the front in, or keeps one more out. */
export function nextLimit(model: RunModel, wishes: Wishes, device: Device, by: 1 | -1): number | undefined {
  const column = model.table.column(device.metric);
  const stops = [...new Set(model.table.front().map((row) => column[row] as number))].sort((a, b) => a - b);
  const now = limitOf(wishes, device) ?? Number.POSITIVE_INFINITY;
  const next = by > 0 ? stops.find((stop) => stop > now) : stops.findLast((stop) => stop < now);
  if (next !== undefined) return next;
  // Beyond the last member the limit is the run's again; before the first there is nothing left to choose.
  return by > 0 ? undefined : stops[0];
}

/** The wishes with a limit changed; undefined takes it away. */
export function withLimit(wishes: Wishes, { metric }: Device, max: number | undefined): Wishes {
  const { [metric]: _, ...others } = wishes.limits;
  return { ...wishes, knee: false, limits: max === undefined ? others : { ...others, [metric]: max } };
}

/** What each row is on a plot where the limits here are in force, as `TrialTable.kinds`. */
export function kindsWithin(model: RunModel, wishes: Wishes): Uint8Array {
  return model.memo(`kinds ${JSON.stringify(wishes.limits)}`, () => {
    const { table } = model;
    const all = table.kinds().slice(0, table.count);
    for (const { column, max } of limited(model, wishes)) {
      for (let row = 0; row < all.length; row++) {
        if (all[row] !== kinds.open && (column[row] as number) > max) all[row] = kinds.beyond;
      }
    }
    return all;
  });
}
