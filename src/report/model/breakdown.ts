/** Where the latency of a few chosen networks goes, by class of device kernel and by where the number comes from. */
import type { KernelPrediction, Prediction } from '../../hardware/index.js';
import { lower, referenceArchitecture } from '../../models/index.js';
import { kneePoint } from '../../pareto/index.js';
import { pointOf } from '../../runs/index.js';
import { groupBy } from '../../base/index.js';
import type { FrontNetwork, Device, ReportRun } from './run.js';

/** Classes of kernel as the report groups them; `overhead` is the network's own. */
export const kernelClasses = [
  'depthwise',
  'pointwise',
  'dense',
  'element-wise',
  'data movement',
  'overhead',
] as const;
export type KernelClass = (typeof kernelClasses)[number];

/** Where numbers come from, most certain first. */
export const sources = ['measured', 'simulated', 'interpolated', 'extrapolated'] as const;
export type KernelSource = KernelPrediction['source'];

/** A network whose latency is taken apart. */
export interface Chosen {
  readonly name: string;
  /** Why it was chosen: `most accurate`. */
  readonly why: string;
  readonly prediction: Prediction;
}

/** One part of a latency. */
export interface Part<T extends string> {
  readonly of: T;
  readonly ms: number;
  /** Of the network's latency. */
  readonly share: number;
}

/** Kernels of one kind in one network: a row of the table beneath the plot. */
export interface KernelRow {
  readonly kind: string;
  readonly count: number;
  readonly ms: number;
  readonly share: number;
  /** Share of this row's time by source. */
  readonly sources: readonly Part<KernelSource>[];
}

/** The front's ends and its knee, and the smallest reference model with them; each network once. */
export function choose(run: ReportRun, device: Device): Chosen[] {
  const latency = (member: FrontNetwork) => member.predictions.get(device.name)?.latencyMs ?? Infinity;
  const knee = kneePoint(run.front.map(({ row }) => pointOf(row, run.rules)));
  const fastest = run.front.toSorted((a, b) => latency(a) - latency(b))[0];
  const wanted: readonly (readonly [string, FrontNetwork | undefined])[] = [
    [run.quality.name === 'accuracy' ? 'most accurate' : `best ${run.quality.name}`, run.front[0]],
    ['knee', knee === undefined ? undefined : run.front[knee]],
    ['fastest', fastest],
  ];
  const chosen = new Map<number, Chosen>();
  for (const [why, member] of wanted) {
    const prediction = member?.predictions.get(device.name);
    if (!member || !prediction) continue;
    const before = chosen.get(member.row.id);
    chosen.set(member.row.id, {
      name: `#${member.row.id}`,
      why: before ? `${before.why}, ${why}` : why,
      prediction,
    });
  }
  const reference = referenceOf(run, device);
  return chosen.size > 0 && reference ? [...chosen.values(), reference] : [...chosen.values()];
}

function referenceOf(run: ReportRun, { predictor }: Device): Chosen | undefined {
  const model = run.view.references.models[0]?.name;
  if (model === undefined || !predictor) return undefined;
  try {
    const graph = lower(referenceArchitecture(model), run.view.config.deploy);
    return { name: model, why: 'reference', prediction: predictor.predict(graph) };
  } catch {
    return undefined; // a reference of the user's own: its architecture is not in the run
  }
}

const classOf: Readonly<Record<KernelPrediction['op'], KernelClass>> = {
  depthwise: 'depthwise',
  conv: 'pointwise',
  winograd: 'pointwise',
  'small-conv': 'pointwise',
  grouped: 'pointwise',
  dense: 'dense',
  mean: 'element-wise',
  elementwise: 'element-wise',
  'max-pool': 'element-wise',
  'average-pool': 'element-wise',
  concat: 'data movement',
  slice: 'data movement',
};

/** The latency by class of device kernel, in the order of `kernelClasses`, without what is not there. */
export function byClass({ kernels, overheadUs, latencyMs }: Prediction): Part<KernelClass>[] {
  const us = (of: KernelClass) =>
    of === 'overhead' ? overheadUs : sumUs(kernels.filter(({ op }) => classOf[op] === of));
  return parts(kernelClasses, us, latencyMs * 1000);
}

/** The time of kernels (without overhead) by source, most certain first; shares add up to 1. */
export function bySource(kernels: readonly KernelPrediction[]): Part<KernelSource>[] {
  const us = (of: KernelSource) => sumUs(kernels.filter(({ source }) => source === of));
  return parts(sources, us, sumUs(kernels));
}

/** The device kernels of a network by kind (`depthwise 5x5, dilation 2`), longest together first. */
export function kernelTable({ kernels, latencyMs }: Prediction): KernelRow[] {
  return [...groupBy(kernels, kindOf)]
    .map(([kind, own]) => ({
      kind,
      count: own.length,
      ms: sumUs(own) / 1000,
      share: sumUs(own) / 1000 / latencyMs,
      sources: bySource(own),
    }))
    .sort((a, b) => b.ms - a.ms);
}

function kindOf({ op, kernel: { kernel, dilation, stride } }: KernelPrediction): string {
  const window = [
    'conv',
    'winograd',
    'small-conv',
    'grouped',
    'depthwise',
    'max-pool',
    'average-pool',
  ].includes(op)
    ? ` ${kernel}x${kernel}`
    : '';
  return `${op}${window}${stride > 1 ? `, stride ${stride}` : ''}${dilation > 1 ? `, dilation ${dilation}` : ''}`;
}

const sumUs = (kernels: readonly KernelPrediction[]): number =>
  kernels.reduce((sum, k) => sum + k.latencyUs, 0);

function parts<T extends string>(names: readonly T[], us: (name: T) => number, totalUs: number): Part<T>[] {
  return names.map((of) => ({ of, ms: us(of) / 1000, share: us(of) / totalUs })).filter(({ ms }) => ms > 0);
}
