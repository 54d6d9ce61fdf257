/** Which plots a run, or several runs, have. */
import { isSizeMetric, latencyMetric, limitedMetric, parseLatencyMetric, toCost } from '../metrics/index.js';
import { type Importance, type TraitName, importanceOf, traits } from '../runs/index.js';
import { type Common, commonOf } from './model/common.js';
import { type Chosen, choose } from './model/breakdown.js';
import type { Comparison } from './model/compare.js';
import { accuracyText, deployText } from './model/describe.js';
import { growthOf } from './model/hypervolume.js';
import { type Metric, capital, metricOfName } from './model/metrics.js';
import { costMetrics, deviceOf, frontSeries, tipOf } from './model/networks.js';
import { type Device, type ReportRun, valueOf } from './model/run.js';
import { breakdownPlot } from './plots/breakdown-plot.js';
import type { Plot } from './plots/chart.js';
import { gateMap, kernelMap, traitPlot, varies } from './plots/common-plots.js';
import { type FrontPlot, type FrontSeries, type ReferenceModel, sightOf } from './plots/front-data.js';
import { frontPlot } from './plots/front-plot.js';
import { growthPlot } from './plots/growth-plot.js';
import { importancePlot } from './plots/importance-plot.js';
import { seriesRoles, seriesShapes } from './plots/theme.js';

/** A front plot with what lies too far out for it. */
export interface FrontFigure {
  readonly plot: Plot;
  readonly device: Device | undefined;
  readonly cost: Metric;
  /** Whether it shows how far qualities may be off. */
  readonly intervals: boolean;
  readonly beyond: readonly ReferenceModel[];
}

/** Latency of chosen networks on one device. */
export interface BreakdownFigure {
  readonly plot: Plot;
  readonly device: Device;
  readonly chosen: readonly Chosen[];
}

export interface RunFigures {
  readonly fronts: readonly FrontFigure[];
  /** The hypervolume at the end. */
  readonly hypervolume: number;
  readonly growth: Plot | undefined;
  readonly common: Common | undefined;
  /** Kernel sizes by depth, then the traits that differ. */
  readonly commonPlots: readonly Plot[];
  /** Gate weights by depth, where some are known. */
  readonly gatePlot: Plot | undefined;
  readonly importance: Importance | undefined;
  readonly importancePlot: Plot | undefined;
  readonly breakdowns: readonly BreakdownFigure[];
}

/** Dominated trials in a plot are thinned out evenly beyond this: more only cover each other. */
const mostOthers = 800;

/** Where the numbers of a front plot come from. */
function subtitleOf({ view, quality }: ReportRun, cost: Metric): string[] {
  return [
    `${metricOfName(quality.name).label} ${accuracyText(view)}`,
    `${cost.unit === 'ms' ? 'latency predicted' : 'priced'} at ${deployText(view)}`,
  ];
}

function referenceModelsOf({ view, quality }: ReportRun, cost: Metric): ReferenceModel[] {
  return view.references.models.flatMap(({ name, values }) => {
    const value = values[cost.name];
    return value === undefined ? [] : [{ name, cost: value, quality: values[quality.name] }];
  });
}

function fileName({ name }: Metric): string {
  const latency = parseLatencyMetric(name);
  const short = latency?.family === 'latencyMs' ? latency.device : name;
  return `front-${short.replace(/[^A-Za-z0-9._-]/g, '-')}`;
}

/** The fronts of one or several runs over one cost. */
function frontFigure(runs: readonly ReportRun[], cost: Metric): FrontFigure | undefined {
  const [first] = runs as readonly [ReportRun, ...ReportRun[]];
  const single = runs.length === 1;
  const series = runs.map((run, i) =>
    frontSeries(run, cost, {
      name: run.view.name,
      role: single ? 'front' : (seriesRoles[i % seriesRoles.length] as 'series1'),
      shape: seriesShapes[i % seriesShapes.length] as 'circle',
    }),
  );
  if (series.every(({ points }) => points.length === 0)) return undefined;
  const shown = single ? series : series.map(plain);
  const onFront = new Set(first.front.map(({ row }) => row.id));
  const dominated = single ? first.complete.filter(({ id }) => !onFront.has(id)) : [];
  const step = Math.max(1, dominated.length / mostOthers);
  const others = Array.from(
    { length: Math.min(dominated.length, mostOthers) },
    (_, i) => dominated[Math.floor(i * step)],
  )
    .flatMap((row) => row ?? [])
    .map((row) => ({
      cost: valueOf(row, cost.name),
      quality: valueOf(row, first.quality.name),
      tip: tipOf(first, row),
    }))
    .filter((other) => Number.isFinite(other.cost));
  const quality = metricOfName(first.quality.name);
  const limits = new Set(runs.map((run) => limitOf(run, cost)));
  const onBand = new Set(runs.map((run) => isOnBand(run, cost)));
  const figure: FrontPlot = {
    name: fileName(cost),
    title: `${capital(quality.label)} over ${cost.label}`,
    subtitle: subtitleOf(first, cost),
    cost,
    quality,
    series: shown,
    others,
    references: referenceModelsOf(first, cost),
    limit: limits.size === 1 && onBand.size === 1 ? [...limits][0] : undefined,
    limitOnBand: onBand.has(true),
  };
  return {
    plot: frontPlot(figure),
    device: deviceOf(first, cost),
    cost,
    intervals: shown.some(({ points }) => points.some(({ interval }) => interval)),
    beyond: sightOf(figure).beyond,
  };
}

/** A front among others: its line alone, without bands, intervals and what they say. */
const plain = (series: FrontSeries): FrontSeries => ({
  ...series,
  points: series.points
    .filter(({ onLine }) => onLine)
    .map((point) => ({ ...point, band: undefined, interval: undefined, level: false })),
});

function limitOf({ view, devices }: ReportRun, { name }: Metric): number | undefined {
  const { limits } = view.config;
  if (isSizeMetric(name)) return limits[name];
  const { robust } = view.config;
  return devices.find(
    (device) =>
      name === latencyMetric(device.name) || (robust && name === limitedMetric(view.config, device.name)),
  )?.limitMs;
}

/** In a robust search the limits on a latency are on the upper end of its band. */
const isOnBand = ({ view }: ReportRun, { name }: Metric): boolean =>
  view.config.robust && parseLatencyMetric(name)?.family === 'latencyMs';

/** Numbers of finished trials at which sessions after the first began. */
function resumedAt({ view, complete }: ReportRun): number[] {
  return view.sessions
    .slice(1)
    .map(({ startedAt }) => complete.filter(({ endedAt = 0 }) => endedAt < startedAt).length)
    .filter((count) => count > 0 && count < complete.length);
}

/** All plots of one run; what it has nothing to show for is left out. */
export function figuresOf(run: ReportRun): RunFigures {
  const { view, complete, space, quality } = run;
  const fronts = costMetrics(run).flatMap((cost) => frontFigure([run], cost) ?? []);
  const steps = growthOf(complete, run.rules);
  const importance =
    space &&
    importanceOf(
      space,
      complete.map((row) => ({ genome: row.genome, quality: -toCost(valueOf(row, quality.name), quality) })),
    );
  const common = commonOf(run);
  return {
    fronts,
    hypervolume: steps.at(-1)?.value ?? 0,
    growth:
      steps.length === 0
        ? undefined
        : growthPlot({
            name: 'hypervolume',
            title: 'Hypervolume over trials',
            subtitle:
              'what the front covers of the space between the best possible and the limits, from 0 to 1',
            lines: [{ name: view.name, role: 'front', shape: 'circle', steps, finished: complete.length }],
            resumed: resumedAt(run),
          }),
    common,
    commonPlots: common
      ? [
          kernelMap(common),
          ...(Object.keys(traits) as TraitName[])
            .filter((trait) => varies(common, trait))
            .map((trait) => traitPlot(common, trait)),
        ]
      : [],
    gatePlot: common && gateMap(common),
    importance,
    importancePlot: importance?.state === 'found' ? importancePlot(importance) : undefined,
    breakdowns: run.devices.flatMap((device) => {
      const chosen = choose(run, device);
      return chosen.length === 0
        ? []
        : [
            {
              device,
              chosen,
              plot: breakdownPlot(
                device,
                chosen,
                `predicted at ${deployText(view)}; the line shows the 90 % band`,
              ),
            },
          ];
    }),
  };
}

/** The plots of a comparison: fronts over each other, and how they grew. */
export function comparisonFigures({ runs, rules }: Comparison): {
  readonly fronts: readonly FrontFigure[];
  readonly growth: Plot;
} {
  const all = runs.map(({ run }) => run);
  const [first] = all as [ReportRun];
  const shared = costMetrics(first).filter(({ name }) =>
    all.every((run) => costMetrics(run).some((cost) => cost.name === name)),
  );
  return {
    fronts: shared.flatMap((cost) => frontFigure(all, cost) ?? []),
    growth: growthPlot({
      name: 'hypervolume',
      title: 'Hypervolume over trials',
      subtitle: `of ${rules.objectives.map(({ name }) => metricOfName(name).label).join(', ')}; the same scales for all runs`,
      lines: runs.map(({ run, growth }, i) => ({
        name: run.view.name,
        role: seriesRoles[i % seriesRoles.length] as 'series1',
        shape: seriesShapes[i % seriesShapes.length] as 'circle',
        steps: growth,
        finished: run.complete.length,
      })),
      resumed: [],
    }),
  };
}
