/**
 * Mutations that follow gates. A block whose kernels are gated says, by the mean weights of its gate, which
 * kernel sizes it wants: the one it wants least is left out or gives way to one near the one it wants most, that
 * one gets company, or the split of channels moves towards the small kernels or away from them.
 */
import type { Random } from '../../base/index.js';
import { gateMetric } from '../../models/index.js';
import type { Metrics } from '../../metrics/index.js';
import { type Mix, parseMix } from './mixes.js';
import type { Genome } from './space.js';

/** The genes of one block that a gate has a say in. */
export interface GatedBlock {
  readonly mix: { readonly gene: number; readonly labels: readonly string[] };
  /** The choices by name; undefined where there is nothing to choose. */
  readonly split: { readonly gene: number; readonly values: readonly (string | number)[] } | undefined;
}

/** One mutation: a gene and its new choice. */
interface Move {
  readonly gene: number;
  readonly choice: number;
}

const number = (text: string | undefined) => Number(text ?? 1);
const sizeOf = (part: string) => {
  const [kernel, dilation] = part.split('d');
  return (number(kernel) - 1) * number(dilation) + 1;
};
/** Kernels ascending, then dilations: the order of labels. */
const inOrder = (a: string, b: string) => {
  const [ka, da] = a.split('d');
  const [kb, db] = b.split('d');
  return number(ka) - number(kb) || number(da) - number(db);
};

/** How much larger the wanted kernels are than the others; positive: large ones are wanted. */
function slope(weights: readonly number[]): number {
  const middle = (weights.length - 1) / 2;
  return weights.reduce((sum, weight, i) => sum + weight * (i - middle), 0);
}

/** The weights of a block's kernels, even ones being 1; undefined where the mix had no gate. */
function weightsOf(place: number, { parts }: Mix, values: Metrics): number[] | undefined {
  if (parts.length < 2) return undefined;
  const weights = parts.map((part) => values[gateMetric(place, part)]);
  return weights.every((weight) => weight !== undefined) ? weights : undefined;
}

function movesOf(
  { mix, split }: GatedBlock,
  genome: Genome,
  parts: readonly string[],
  weights: number[],
): Move[] {
  const part = (i: number) => parts[i] as string;
  const least = part(weights.indexOf(Math.min(...weights)));
  const most = part(weights.indexOf(Math.max(...weights)));
  const known = [...new Set(mix.labels.flatMap((label) => label.split('+')))].filter(
    (p) => !parts.includes(p),
  );
  const distance = (p: string) => Math.abs(sizeOf(p) - sizeOf(most));
  const near = known.toSorted((a, b) => distance(a) - distance(b) || inOrder(a, b)).slice(0, 2);
  const others = parts.filter((p) => p !== least);
  const wanted = [
    others,
    ...near.flatMap((p) => [
      [...others, p],
      [...parts, p],
    ]),
  ];
  const moves = wanted
    .map((list) => ({ gene: mix.gene, choice: mix.labels.indexOf(list.toSorted(inOrder).join('+')) }))
    .filter(({ choice }) => choice >= 0);
  // An exponential split gives most channels to the smallest kernel.
  const divided = split?.values.indexOf(slope(weights) > 0 ? 'equal' : 'exponential') ?? -1;
  if (split && parts.length > 2 && divided >= 0 && divided !== genome[split.gene]) {
    moves.push({ gene: split.gene, choice: divided });
  }
  return moves;
}

/**
 * One change that the gates of a network ask for.
 * @param blocks those of the network, in order.
 * @param values the metrics of the network, or of the one that it was made from; blocks that it does not fit
 *   are left alone.
 * @returns undefined where no gate has a say. Not canonical.
 */
export function followGates(
  genome: Genome,
  blocks: readonly (GatedBlock | undefined)[],
  values: Metrics,
  random: Random,
): Genome | undefined {
  const options = blocks.flatMap((block, place) => {
    if (!block) return [];
    const mix = parseMix(block.mix.labels[genome[block.mix.gene] as number] as string);
    const weights = weightsOf(place, mix, values);
    const moves = weights ? movesOf(block, genome, mix.parts, weights) : [];
    if (!weights || moves.length === 0) return [];
    return [{ moves, unevenness: Math.max(...weights) - Math.min(...weights) }];
  });
  // Blocks that say more are listened to more.
  let left = random.next() * options.reduce((sum, { unevenness }) => sum + unevenness, 0);
  const chosen = options.find(({ unevenness }) => (left -= unevenness) < 0);
  if (!chosen) return undefined;
  const { gene, choice } = random.pick(chosen.moves);
  const child = genome.slice();
  child[gene] = choice;
  return child;
}
