/** The kinds of block. A line of the list here, with its import, and the folder that it names are all that a new kind takes. */
import { z } from 'zod';
import { InternalError } from '../../base/index.js';
import type { GraphBuilder } from '../builder.js';
import { convolution } from './convolution/index.js';
import { depthwiseSeparable } from './depthwise-separable/index.js';
import type { DeepReadonly } from './fields.js';
import { fusedInvertedResidual } from './fused-inverted-residual/index.js';
import { ghost } from './ghost/index.js';
import { invertedResidual } from './inverted-residual/index.js';
import type { BlockDescription, BlockKind, BlockSearch } from './kind.js';
import { maxPool } from './max-pool/index.js';
import { mobileVit } from './mobile-vit/index.js';
import { shuffle } from './shuffle/index.js';
import { universalInvertedBottleneck } from './universal-inverted-bottleneck/index.js';

const kinds = [
  invertedResidual,
  depthwiseSeparable,
  shuffle,
  maxPool,
  mobileVit,
  universalInvertedBottleneck,
  convolution,
  fusedInvertedResidual,
  ghost,
] as const;

type SchemasOf<Kinds extends readonly { readonly schema: z.ZodType }[]> = {
  -readonly [I in keyof Kinds]: Kinds[I]['schema'];
};

/** The zod schema of a block: `op` names the kind. */
export const blockSchema = z.discriminatedUnion(
  'op',
  kinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof kinds>,
);

/** One block, with every default filled in. */
export type Block = DeepReadonly<z.output<typeof blockSchema>>;
/** One kind of block. */
export type BlockOf<Op extends Block['op']> = Extract<Block, { readonly op: Op }>;

const byOp: ReadonlyMap<string, BlockKind<Block>> = new Map(
  kinds.map((kind): [string, BlockKind<Block>] => [kind.op, kind]),
);

function kindOf({ op }: Block): BlockKind<Block> {
  const kind = byOp.get(op);
  if (kind === undefined) throw new InternalError(`no block of kind ${op}`);
  return kind;
}

/** The kinds that a search space may have, in the order of the registry. */
export const searchableKinds: readonly string[] = [...byOp.values()].flatMap(({ op, search }) =>
  search ? [op] : [],
);

/** How blocks of kind `op` are searched; undefined when they are not. */
export function searchOf(op: string): BlockSearch<Block> | undefined {
  return byOp.get(op)?.search;
}

/** Channels that come out of a block that `input` channels go into. */
export function outChannels(block: Block, input: number): number {
  return kindOf(block).outChannels(block, input);
}

/**
 * The plainest way to write the same block: fields that make no difference at their defaults, so that equal
 * blocks are written equally.
 */
export function plainBlock(block: Block): Block {
  return kindOf(block).plain?.(block) ?? block;
}

/** What there is to show of a block. */
export function describeBlock(block: Block): BlockDescription {
  return kindOf(block).describe(block);
}

/** The same block with other kernels side by side; undefined for kinds that do not mix kernels. */
export function withKernels(block: Block, kernels: readonly number[]): Block | undefined {
  return kindOf(block).withKernels?.(block, kernels);
}

/**
 * Appends block number `index`, reading op `from`; returns the id of its output.
 * @param allowed groups of a gated block, see `LowerOptions.groups`.
 * @throws MixnasError `bad-config` that names the block when its channels do not divide as it asks.
 */
export function lowerBlock(
  g: GraphBuilder,
  index: number,
  block: Block,
  from: number,
  allowed = Number.POSITIVE_INFINITY,
): number {
  g.block = index;
  const out = kindOf(block).lower({ g, index, name: `blocks.${index}`, allowed }, block, from);
  g.block = undefined;
  return out;
}
