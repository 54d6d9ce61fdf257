/** Which subnets a training step runs. */
import type { Random } from '../../base/index.js';
import type { Gene, MixnetSpace } from '../../models/index.js';

/** `3+5d2` as kernels; undefined for what is not a mix. */
function mixOf(value: number | string) {
  if (typeof value === 'number' || !/^\d+(d\d+)?(\+\d+(d\d+)?)*$/.test(value)) return undefined;
  const parts = value.split('+').map((part) => part.split('d').map(Number));
  const dilated = parts.filter(([, dilation = 1]) => dilation > 1).length;
  return { groups: parts.length, size: parts.reduce((sum, [kernel = 0]) => sum + kernel, 0), dilated };
}

/**
 * The index of a gene's largest choice: the greatest number; of mixes without dilation the one with the most
 * kernels and the largest; the last of other names.
 */
function largestChoice({ values }: Gene): number {
  let best = values.length - 1;
  values.forEach((value, i) => {
    const [mix, other] = [mixOf(value), mixOf(values[best] as string)];
    if (!mix || !other) return;
    const order = other.dilated - mix.dilated || mix.groups - other.groups || mix.size - other.size;
    if (order > 0) best = i;
  });
  return best;
}

/** The index of the smallest: of mixes the single smallest kernel. */
function smallestChoice({ values }: Gene): number {
  let best = 0;
  values.forEach((value, i) => {
    const [mix, other] = [mixOf(value), mixOf(values[best] as string)];
    if (!mix || !other) return;
    if ((mix.groups - other.groups || mix.size - other.size || mix.dilated - other.dilated) < 0) best = i;
  });
  return best;
}

/** The subnet with the largest of every choice. */
export function largestSubnet(space: MixnetSpace): Uint8Array {
  return space.canonical(space.genes.map(largestChoice));
}

/** The subnet with the smallest of every choice. */
export function smallestSubnet(space: MixnetSpace): Uint8Array {
  return space.canonical(space.genes.map(smallestChoice));
}

/**
 * The sandwich rule (Yu et al., "BigNAS", arXiv 2003.11142): the largest subnet, the smallest, and others at
 * random.
 */
export function sandwichSubnets(space: MixnetSpace, random: Random, passes: number): Uint8Array[] {
  const others = Array.from({ length: Math.max(0, passes - 2) }, () => space.random(random));
  return [largestSubnet(space), ...others, smallestSubnet(space)].slice(0, passes);
}

/**
 * Strict fairness (Chu et al., "FairNAS", arXiv 1907.01845), as far as choices differ in number: no choice of
 * a gene comes twice in a step before each has come once.
 */
export function fairSubnets(space: MixnetSpace, random: Random, passes: number): Uint8Array[] {
  const orders = space.genes.map(({ values }) => {
    const order = values.map((_, i) => i);
    return random.shuffle(order);
  });
  return Array.from({ length: passes }, (_, pass) =>
    space.canonical(orders.map((order) => order[pass % order.length] as number)),
  );
}
