/**
 * The kernel mixes of a block: which depthwise kernels, at which dilations, share its channels.
 *
 * A mix is a *set*: no kernel twice, and always in ascending order. With an equal split the order is only
 * a naming; with an exponential split the smallest kernel then gets the most channels, as in the paper
 * (arXiv 1907.09595, section 3.1), so this leaves out networks that give most channels to a large kernel.
 * One gene holds the whole mix: a crossover takes it over as a whole, and a mutation moves to a mix that
 * differs in one kernel.
 */

import type { ChoiceOptions } from '../../space/genes.js';

export interface Mix {
  /** `3+5+7d2`: kernels, and dilations above 1. Unique among the mixes of a block. */
  readonly label: string;
  readonly kernels: readonly number[];
  readonly dilations: readonly number[];
}

/** One depthwise kernel as a choice: a number for its size and one for its dilation. */
interface Part {
  readonly kernel: number;
  readonly dilation: number;
}

/** All kernels with all dilations, ascending. A dilated 1x1 kernel is the 1x1 kernel, so it is left out. */
function partsOf(kernels: readonly number[], dilations: readonly number[]): Part[] {
  const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  return ascending(kernels).flatMap((kernel) =>
    (kernel === 1 ? [1] : ascending(dilations)).map((dilation) => ({ kernel, dilation })),
  );
}

/** `3+5+7d2`, for any kernels in any order. */
export function mixLabel(kernels: readonly number[], dilations: readonly number[]): string {
  return kernels.map((k, i) => (dilations[i] === 1 ? `${k}` : `${k}d${dilations[i]}`)).join('+');
}

function mixOf(parts: readonly Part[]): Mix {
  const kernels = parts.map((part) => part.kernel);
  const dilations = parts.map((part) => part.dilation);
  return { label: mixLabel(kernels, dilations), kernels, dilations };
}

/** How many subsets of `size` n items have. */
function binomial(n: number, size: number): number {
  let count = 1;
  for (let i = 1; i <= size; i++) count = (count * (n - size + i)) / i;
  return Math.max(0, count);
}

/** All subsets of `size` items, in lexicographic order. */
function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

/** Every mix of as many kernels as `groups` lists, fewest first; undefined when there are more than 256. */
export function allMixes(
  kernels: readonly number[],
  dilations: readonly number[],
  groups: readonly number[],
): Mix[] | undefined {
  const parts = partsOf(kernels, dilations);
  const count = groups.reduce((sum, size) => sum + binomial(parts.length, size), 0);
  if (count > 256) return undefined;
  return groups.toSorted((a, b) => a - b).flatMap((size) => subsets(parts, size).map(mixOf));
}

const partLabels = (mix: Mix) => mix.label.split('+');

/**
 * The mixes one small step away from `mixes[index]`: a kernel more, a kernel less, or one kernel made the
 * next larger or smaller size of the list, or given another dilation.
 */
export function nearMixes(mixes: readonly Mix[], index: number): number[] {
  const sizes = [...new Set(mixes.flatMap((mix) => mix.kernels))].toSorted((a, b) => a - b);
  const parse = (label: string): Part => {
    const [kernel, dilation] = label.split('d').map(Number);
    return { kernel: kernel ?? 0, dilation: dilation ?? 1 };
  };
  const own = new Set(mixes[index] && partLabels(mixes[index]));
  return mixes.flatMap((mix, i) => {
    const labels = partLabels(mix);
    const added = labels.filter((label) => !own.has(label));
    const lost = [...own].filter((label) => !labels.includes(label));
    if (added.length + lost.length === 1) return [i];
    const [a, b] = [added[0], lost[0]];
    if (added.length !== 1 || lost.length !== 1 || a === undefined || b === undefined) return [];
    const [from, to] = [parse(b), parse(a)];
    const apart = Math.abs(sizes.indexOf(from.kernel) - sizes.indexOf(to.kernel));
    return apart + (from.dilation === to.dilation ? 0 : 1) === 1 ? [i] : [];
  });
}

/** How a gene of mixes is named, drawn (first how many kernels, then which) and changed. */
export function mixOptions(mixes: readonly Mix[]): ChoiceOptions<Mix> {
  return {
    label: ({ label }) => label,
    stratum: ({ kernels }) => kernels.length,
    near: (index) => nearMixes(mixes, index),
  };
}
