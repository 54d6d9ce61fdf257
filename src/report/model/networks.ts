/** Networks in words and in plots: what is said of each when it is pointed at. */
import { latencyMetric, parseLatencyMetric, toCost } from '../../metrics/index.js';
import { capital, type Metric, metricOfName } from './metrics.js';
import { type FrontNetwork, type Device, type ReportRun, valueOf } from './run.js';
import { paretoFront } from '../../pareto/index.js';
import { type TrialRow, accuracyInterval, levelWithBest } from '../../runs/index.js';
import type { FrontPoint, FrontSeries } from '../plots/front-data.js';

/** The metrics that trials of the run have, in the order in which they are shown. */
export function shownMetrics(run: ReportRun): Metric[] {
  const { manifest } = run.view;
  const objectives = manifest.objectives.map(({ name }) => name);
  const names = [
    run.quality.name,
    ...run.devices.map(({ name }) => latencyMetric(name)),
    ...objectives,
    'macs',
    'params',
    'peakMemoryBytes',
    'splitLatencyMs',
  ];
  const recorded = new Set([...objectives, ...manifest.metrics]);
  return [...new Set(names)].filter((name) => recorded.has(name)).map(metricOfName);
}

/** The metrics that the run's quality is drawn over: latencies and the other costs that are made small. */
export function costMetrics(run: ReportRun): Metric[] {
  const objectives = new Set(run.rules.objectives.map(({ name }) => name));
  return shownMetrics(run).filter(
    ({ name }) =>
      name !== run.quality.name &&
      (objectives.has(name) || parseLatencyMetric(name)?.family === 'latencyMs' || name === 'macs'),
  );
}

/** `Trial 12; accuracy 71.2 %; latency on mali-g76 12.3 ms; ...`. */
export function tipOf(run: ReportRun, row: TrialRow, more: readonly string[] = []): string {
  const parts = shownMetrics(run).map(({ name, label, format }) => {
    const value = valueOf(row, name);
    return Number.isFinite(value) ? `${capital(label)} ${format(value)}` : '';
  });
  return [`Trial ${row.id}`, ...parts, ...more].filter(Boolean).join('; ');
}

/**
 * The 90 % band of a recorded latency: the profile's band around the latency that the search recorded,
 * which may differ a little from what this version of mixnas predicts.
 */
export function bandOf(
  { row, predictions }: FrontNetwork,
  device: string,
): readonly [number, number] | undefined {
  const prediction = predictions.get(device);
  const latency = valueOf(row, latencyMetric(device));
  if (!prediction || !Number.isFinite(latency)) return undefined;
  const scale = latency / prediction.latencyMs;
  return [prediction.lowMs * scale, prediction.highMs * scale];
}

/** A run's front over one cost, those on the front of the two alone marked, knee and ends first. */
export function frontSeries(run: ReportRun, cost: Metric, look: Omit<FrontSeries, 'points'>): FrontSeries {
  const front = run.front.filter(({ row }) => Number.isFinite(valueOf(row, cost.name)));
  const onLine = new Set(
    paretoFront(
      front.map(({ row }) => [toCost(valueOf(row, run.quality.name), run.quality), valueOf(row, cost.name)]),
    ),
  );
  const device = run.devices.find(({ name }) => latencyMetric(name) === cost.name);
  const level = levelTrials(run);
  const points = front.map((member, i): FrontPoint => {
    const band = device && bandOf(member, device.name);
    const bandText =
      band && device
        ? [`90 % band on ${device.name} ${cost.format(band[0])} to ${cost.format(band[1])}`]
        : [];
    return {
      cost: valueOf(member.row, cost.name),
      quality: valueOf(member.row, run.quality.name),
      band,
      interval: intervalOf(run, member),
      level: level.has(member.row.id),
      label: `#${member.row.id}`,
      tip: tipOf(run, member.row, [
        ...bandText,
        level.has(member.row.id) ? 'Level with the most accurate: they differ by less than its interval' : '',
        onLine.has(i) ? '' : 'On the front for another objective',
      ]),
      onLine: onLine.has(i),
    };
  });
  return { ...look, points: points.toSorted((a, b) => Number(b.onLine) - Number(a.onLine)) };
}

/** Where a member's accuracy lies at 95 %; undefined where the quality was not measured on images. */
export function intervalOf(
  { view, quality }: ReportRun,
  { row }: FrontNetwork,
): readonly [number, number] | undefined {
  const interval = quality.name === 'accuracy' ? accuracyInterval(view, valueOf(row, 'accuracy')) : undefined;
  return interval && [interval.low, interval.high];
}

/** The trials of the front that are level with its most accurate. */
export function levelTrials({ view, front, quality }: ReportRun): ReadonlySet<number> {
  if (quality.name !== 'accuracy') return new Set();
  const accuracies = front.map(({ row }) => valueOf(row, 'accuracy'));
  return new Set(levelWithBest(view, accuracies).flatMap((i) => front[i]?.row.id ?? []));
}

/** The device of a latency metric. */
export function deviceOf(run: ReportRun, cost: Metric): Device | undefined {
  return run.devices.find(({ name }) => latencyMetric(name) === cost.name);
}
