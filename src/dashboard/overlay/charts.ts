/** The fronts of several runs on one plot, and their hypervolume over trials or time. */
import { formatCount, significant } from '../../base/index.js';
import { latencyMetric } from '../../metrics/index.js';
import type { Block } from '../draw/block.js';
import type { Dots } from '../draw/glyphs.js';
import { type Series, lineChart } from '../draw/line-chart.js';
import { formatApart, scaleOver, shareScaleOver, valueAt } from '../draw/scale.js';
import { type Mark, scatter } from '../draw/scatter.js';
import { lookOf } from './looks.js';
import type { Comparison, ReadRun } from './measures.js';
import type { Joined } from './pool.js';
import { attainment, seedGroups } from './seeds.js';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  readonly glyphs: Dots;
}

/** Members by rising latency that are each more accurate than all before. */
function stairsOf(members: readonly Joined[], metric: string): { x: number; y: number }[] {
  let best = Number.NEGATIVE_INFINITY;
  return members
    .map((member) => ({ x: member.metric(metric), y: member.metric('accuracy') }))
    .sort((a, b) => a.x - b.x || b.y - a.y)
    .filter(({ y }) => {
      if (y <= best) return false;
      best = y;
      return true;
    });
}

/** The fronts of runs on a device that they share. */
export function frontsChart(
  { runs, union }: Comparison,
  device: string,
  log: boolean,
  { width, height, glyphs }: ChartSize,
): Block {
  const metric = latencyMetric(device);
  const all = runs.flatMap(({ run }) => run.front);
  const x = scaleOver(
    all.map((member) => member.metric(metric)),
    log,
  );
  const groups = seedGroups(runs.map(({ run }) => run));
  const columns = Array.from({ length: 2 * width }, (_, i) => valueAt(x, i / (2 * width - 1)));
  const bands = groups.map((group) => {
    const { role } = lookOf(runs.findIndex(({ run }) => run === group[0]));
    return { role, attained: attainment(group, metric, columns) };
  });
  const marks = runs.flatMap(({ run }, place): Mark[] => {
    const look = lookOf(place);
    return run.front.map((member) => ({ ...look, x: member.metric(metric), y: member.metric('accuracy') }));
  });
  return scatter({
    width,
    height,
    glyphs,
    x: {
      label: `ms on ${device}${log ? ', log' : ''}`,
      scale: x,
      format: (v, gap) => (log ? significant(v, 2) : formatApart(v, gap)),
    },
    y: {
      label: 'validation accuracy; the line is the union of all',
      scale: shareScaleOver(
        all.map((member) => member.metric('accuracy')),
        0.06,
      ),
      format: (v, gap) => `${formatApart(100 * v, 100 * gap)} %`,
    },
    clouds: [],
    staircase: stairsOf(union.members, metric),
    before: [],
    stairs: bands.map(({ role, attained }) => ({
      role,
      every: 2,
      points: attained
        .filter(({ half }) => !Number.isNaN(half))
        .map(({ x: at, half }) => ({ x: at, y: half })),
    })),
    bands: bands.map(({ role, attained }) => ({
      role,
      // Every second column: a shade, not a surface.
      points: attained.flatMap(({ x: at, all: low, best }, i) =>
        i % 4 === 0 ? [{ x: at, low, high: best }] : [],
      ),
    })),
    marks,
  }).block;
}

/** The hypervolume of each run over its finished trials, or over its time. */
export function progressChart(
  { runs, shared }: Comparison,
  overTime: boolean,
  log: boolean,
  { width, height, glyphs }: ChartSize,
): Block {
  const place = (member: Joined) => (overTime ? member.seconds / 60 : member.trials);
  const series = runs.map(({ run }, i): Series => {
    const values = shared.growth(run.joined);
    const points = run.joined.map((member, at) => ({ x: place(member), y: values[at] as number }));
    const last = points.at(-1);
    const end = endOf(run, overTime);
    return {
      ...lookOf(i),
      steps: true,
      points: last && end > last.x ? [...points, { x: end, y: last.y }] : points,
    };
  });
  const points = series.flatMap((one) => one.points);
  return lineChart({
    width,
    height,
    glyphs,
    x: {
      label: overTime ? 'minutes' : 'finished trials',
      scale: scaleOver([overTime || !log ? 0 : 1, ...points.map((point) => point.x)], log && !overTime, 0),
      format: formatCount,
    },
    y: {
      label: 'hypervolume over what they share',
      scale: scaleOver([0, ...points.map((point) => point.y)]),
      format: formatApart,
    },
    series,
  });
}

function endOf(run: ReadRun, overTime: boolean): number {
  if (!overTime) return run.finished;
  return (
    run.view.sessions.reduce((sum, { startedAt, lastAt }) => sum + Math.max(0, lastAt - startedAt), 0) /
    60_000
  );
}
