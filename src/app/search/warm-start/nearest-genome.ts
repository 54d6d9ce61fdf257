/** What a space holds nearest to an architecture that does not lie in it: MixNet-S in a space of small images. */
import { MixnasError } from '../../../base/index.js';
import {
  type Architecture,
  type BlockDescription,
  type MixnetSpace,
  describeBlock,
  searchableKinds,
} from '../../../models/index.js';

/** A block as far as likeness goes. */
interface Likeness extends BlockDescription {
  readonly out: number;
}

/** The weight of a gene in a block's likeness; the width counts by its ratio to the widest block. */
function blockDistance(a: Likeness, b: Likeness, widestA: number, widestB: number): number {
  const shared = a.kernels.filter((k) => b.kernels.includes(k)).length;
  const kernels = 1 - shared / (a.kernels.length + b.kernels.length - shared);
  const reach = ({ kernels: all, dilations }: Likeness) =>
    Math.log(all.reduce((sum, k, i) => sum + (k - 1) * (dilations?.[i] ?? 1) + 1, 0) / all.length);
  return (
    Math.abs(Math.log(a.out / widestA / (b.out / widestB))) +
    kernels +
    0.5 * Math.abs(reach(a) - reach(b)) +
    0.5 * Math.abs(Math.log((a.expansion ?? 1) / (b.expansion ?? 1))) +
    0.5 * Math.abs(Math.log2((a.expandGroups ?? 1) / (b.expandGroups ?? 1))) +
    0.5 * Math.abs(Math.log2((a.projectGroups ?? 1) / (b.projectGroups ?? 1))) +
    2 * Math.abs((a.seRatio ?? 0) - (b.seRatio ?? 0)) +
    (a.activation === b.activation ? 0 : 0.5) +
    (a.gate === b.gate ? 0 : 0.5) +
    (JSON.stringify(a.split) === JSON.stringify(b.split) ? 0 : 0.2)
  );
}

/** The block at the same share of the depth. */
function blockAt(blocks: readonly Likeness[], share: number): Likeness {
  return blocks[Math.min(blocks.length - 1, Math.floor(share * blocks.length))] as Likeness;
}

/** An architecture's blocks of kinds that spaces have, which are all that a member of a space can be like. */
const mixed = ({ blocks }: Architecture): Likeness[] =>
  blocks.flatMap((block) =>
    searchableKinds.includes(block.op) && 'out' in block ? [{ ...describeBlock(block), out: block.out }] : [],
  );

/** How unlike two architectures are, whatever their resolution, widths and depth as a whole. */
function distance(a: Architecture, b: Architecture): number {
  const [blocksA, blocksB] = [mixed(a), mixed(b)];
  const widest = (blocks: readonly Likeness[]) => Math.max(...blocks.map((block) => block.out));
  const [wideA, wideB] = [widest(blocksA), widest(blocksB)];
  const length = Math.max(blocksA.length, blocksB.length);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const share = (i + 0.5) / length;
    sum += blockDistance(blockAt(blocksA, share), blockAt(blocksB, share), wideA, wideB) / length;
  }
  const ratio = (x: number, y: number) => Math.abs(Math.log((1 + x) / (1 + y)));
  return (
    sum +
    0.5 * ratio(blocksA.length, blocksB.length) +
    0.2 * ratio(a.stem.out / wideA, b.stem.out / wideB) +
    0.2 * ratio(a.head.out / wideA, b.head.out / wideB)
  );
}

/**
 * The genome of a space whose architecture is most like the given one, as far as changing one gene at a
 * time leads to it. The architecture itself, where the space holds it.
 * @throws MixnasError `bad-config` for a network without a single block of these kinds.
 */
export function nearestGenome(space: MixnetSpace, architecture: Architecture): Uint8Array {
  const exact = space.encode(architecture);
  if (exact) return exact;
  if (mixed(architecture).length === 0) {
    throw new MixnasError(
      'bad-config',
      `${architecture.name ?? 'The network'} has no blocks of the kinds ${searchableKinds.join(', ')}.`,
      {
        remedy: 'Only networks of such blocks have something near to them in a search space.',
      },
    );
  }
  let best = space.canonical(new Uint8Array(space.genes.length));
  let least = distance(space.decode(best), architecture);
  for (let better = true; better; ) {
    better = false;
    for (let gene = 0; gene < space.genes.length; gene++) {
      if (!space.isActive(best, gene)) continue;
      for (let value = 0; value < (space.genes[gene]?.values.length ?? 0); value++) {
        if (value === best[gene]) continue;
        const other = best.slice();
        other[gene] = value;
        const candidate = space.canonical(other);
        const found = distance(space.decode(candidate), architecture);
        if (found >= least - 1e-12) continue;
        [best, least, better] = [candidate, found, true];
      }
    }
  }
  return best;
}
