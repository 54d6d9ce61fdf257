/**
 * What a kind of block says of itself. Everything else in the program reads this through the registry: a search
 * knows its genes, lowering its ops, tables and reports what to show. So a kind is its own folder and one line of
 * `registry.ts`.
 */
import type { z } from 'zod';
import type { GraphBuilder } from '../builder.js';
import type { Choice, GeneList, Need } from '../space/genes.js';
import type { Activation } from './fields.js';

/** Where a block is lowered. */
export interface BlockSite {
  readonly g: GraphBuilder;
  /** Its number, for messages. */
  readonly index: number;
  /** `blocks.3`: what the names of its ops begin with; those of its weights follow them. */
  readonly name: string;
  /** Groups of a gated block, see `LowerOptions.groups`. */
  readonly allowed: number;
}

/** What tables, reports and likenesses read of a block. A field that the kind does not have is undefined. */
export interface BlockDescription {
  /** Sizes of its spatial kernels, in the order of channels or of execution; `[1]` when it has none. */
  readonly kernels: readonly number[];
  /** Dilation of each kernel, where there are any. */
  readonly dilations?: readonly number[] | undefined;
  /** How channels divide among the kernels; undefined when each kernel has all channels. */
  readonly split?: 'equal' | 'exponential' | readonly number[] | undefined;
  /** What borders between the kernels' channels are multiples of. */
  readonly align?: number | undefined;
  readonly gate?: 'none' | 'soft' | 'hard' | undefined;
  readonly expansion?: number | undefined;
  readonly expandGroups?: number | undefined;
  readonly projectGroups?: number | undefined;
  readonly seRatio?: number | undefined;
  readonly activation?: Activation | undefined;
  /** The kernels in words where a list does not say it, such as `5 then 3`. */
  readonly text?: string | undefined;
}

/** What every stage of a search space has. */
export interface StageCommon {
  /** The kind of its blocks; undefined for inverted residuals. */
  readonly op?: string | undefined;
  readonly depth: readonly number[];
  readonly width: readonly number[];
  /** Stride of the first block; the others have 1. */
  readonly stride: 1 | 2;
  readonly activation: readonly Activation[];
}

/** A block's place in a search space. */
export interface GenePlace {
  readonly list: GeneList;
  /** `stages.2.1`: what the names of its genes begin with. */
  readonly name: string;
  readonly block: number;
  readonly stride: 1 | 2;
  /** What must hold for the block to exist. */
  readonly exists: readonly Need[];
}

/** What a block has from its stage. */
export interface FromStage {
  readonly activation: Activation;
  readonly stride: 1 | 2;
  readonly out: number;
}

/** The choices of one block of a search space. */
export interface BlockGenes<B> {
  /** All of them, in genome order: blocks are equal when these and what comes from the stage are. */
  readonly choices: readonly Choice<unknown>[];
  /** The block of a genome, as plainly as can be written. */
  decode(genome: ArrayLike<number>, stage: FromStage): B;
  /**
   * Writes the genes of a plainly written block into a genome whose earlier genes are written.
   * @returns false when the choices do not hold it.
   */
  encode(genome: Uint8Array, block: B): boolean;
  /** How many different blocks the choices make, with one width and one activation. */
  count(): bigint;
}

/** How a kind of block is searched. */
export interface BlockSearch<B, S extends StageCommon = StageCommon> {
  /** Lists of choices of a stage in a space file. A name that two kinds use is one and the same schema. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
  /** Of `fields`, what a stage has that says nothing of it. */
  readonly defaults: Readonly<Record<string, readonly unknown[]>>;
  /** Why blocks of one of these numbers of channels cannot always be built as the stage asks; else undefined. */
  misfit(stage: S, inputs: readonly number[]): string | undefined;
  /**
   * Prepares a stage; what it returns adds the genes of one of its blocks.
   * @param where `space: stages[2]`, for messages.
   * @param align what borders between groups of channels are multiples of, where the space says so.
   * @throws MixnasError `bad-config` for choices that make no block.
   */
  layOut(stage: S, where: string, align: number | undefined): (place: GenePlace) => BlockGenes<B>;
}

/** A kind of block. Methods are written as such, so that a kind of one block passes for a kind of any. */
export interface BlockKind<B> {
  /** Its name in architecture files. */
  readonly op: string;
  /** The zod schema of one block in an architecture file. */
  readonly schema: z.ZodType;
  /**
   * Appends its ops, the first reading op `from`; returns the id of its output.
   * @throws MixnasError `bad-config` that names the block when its channels do not divide as it asks.
   */
  lower(site: BlockSite, block: B, from: number): number;
  /** Channels that come out when `input` go in. */
  outChannels(block: B, input: number): number;
  /** The plainest way to write the same block; the block itself where every field makes a difference. */
  plain?(block: B): B;
  describe(block: B): BlockDescription;
  /** The same block with other depthwise kernels side by side, for those that can mix them. */
  withKernels?(block: B, kernels: readonly number[]): B;
  /** Undefined for kinds that only reference models and files have. */
  readonly search?: BlockSearch<B>;
}
