/** The latency of one kernel: the table where it has the kernel, else the fitted model of its class. */
import { MixnasError } from '../base/index.js';
import { type Kernel, type KernelRow, kernelKey, kernelOfRow } from './kernel.js';
import type { KernelModel, Profile } from './profile.js';
import { termValue } from './terms.js';

/** Where a kernel's latency comes from. */
export type Source = 'measured' | 'simulated' | 'interpolated' | 'extrapolated';

export interface Price {
  readonly us: number;
  readonly source: Source;
}

/** Prices kernels for one profile. */
export interface Pricer {
  /** @throws MixnasError `bad-profile` when the profile knows nothing of this class of kernel. */
  price(kernel: Kernel): Price;
}

/** The middle of a list; the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

/** µs of a kernel by its class's model, whatever the table says. */
function modelUs(profile: Profile, kernel: Kernel): { us: number; own: boolean } {
  const model: KernelModel | undefined = profile.models[kernel.op];
  if (model === undefined) {
    throw new MixnasError(
      'bad-profile',
      `Profile ${profile.name} cannot price a kernel of class ${kernel.op}.`,
      {
        remedy: `Measure some and make the profile again with \`mixnas profile tune\`.`,
      },
    );
  }
  if (model.kind === 'as') return { us: modelUs(profile, { ...kernel, op: model.op }).us, own: false };
  const us = model.terms.reduce((sum, [name, weight]) => sum + weight * termValue(name, kernel), 0);
  return { us, own: true };
}

/**
 * Whether the data surround a shape: for each of the 8 directions of (size, channels in, channels out)
 * some known kernel of the same window, stride, dilation and groups lies that way or level with it.
 */
function surrounded(known: readonly KernelRow[], [size, input, output]: KernelRow): boolean {
  let seen = 0;
  for (const [s, i, o] of known) {
    for (let corner = 0; corner < 8; corner++) {
      const way = (corner & 1 ? s >= size : s <= size) && (corner & 2 ? i >= input : i <= input);
      if (way && (corner & 4 ? o >= output : o <= output)) seen |= 1 << corner;
    }
  }
  return seen === 255;
}

/** Kernels of one class that differ in size and channels only; groups count as one or many. */
function likeness(op: string, [, , , kernel, stride, dilation, groups]: KernelRow): string {
  return `${op} ${kernel} ${stride} ${dilation} ${groups > 1}`;
}

/**
 * @param ignore models whose table entries are not used: they are what is being tested.
 */
export function createPricer(profile: Profile, ignore: ReadonlySet<string> = new Set()): Pricer {
  const { table } = profile;
  const known = new Map<string, number>();
  const alike = new Map<string, KernelRow[]>();
  for (const { op, shape, us, models } of table.entries) {
    const used = us.filter((_, i) => !ignore.has(table.models[models[i] as number] as string));
    if (used.length === 0) continue;
    known.set(kernelKey(kernelOfRow(op, shape)), median(used));
    const group = likeness(op, shape);
    alike.set(group, [...(alike.get(group) ?? []), shape]);
  }
  return {
    price(kernel) {
      const exact = known.get(kernelKey(kernel));
      if (exact !== undefined) return { us: exact, source: table.kind };
      const { us, own } = modelUs(profile, kernel);
      const { op, size, input, output, stride, dilation, groups, fused } = kernel;
      const shape: KernelRow = [size, input, output, kernel.kernel, stride, dilation, groups, fused];
      const inside = own && surrounded(alike.get(likeness(op, shape)) ?? [], shape);
      return { us, source: inside ? 'interpolated' : 'extrapolated' };
    },
  };
}
