/**
 * From a genome to its architecture. Equal blocks at one place of a space are one object: genomes that were
 * bred from each other share most of theirs, and what is known of a block is then found by the object.
 */
import type { Architecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';
import { type Choice, valueOf } from './genes.js';
import type { Layout, StageBlock, StageChoices } from './layout.js';
import type { SpaceSpec } from './schema.js';

/** So many blocks of one place are remembered. */
const mostRemembered = 4096;

type Decode<T> = (genome: ArrayLike<number>) => T;

/** A number for what a genome chooses, different for different choices. */
function choiceKey(choices: readonly Choice<unknown>[]): Decode<number> {
  const taken = choices.filter(({ gene }) => gene >= 0);
  const genes = Int32Array.from(taken, ({ gene }) => gene);
  const counts = Int32Array.from(taken, ({ values }) => values.length);
  return (genome) => {
    let key = 0;
    for (let i = 0; i < genes.length; i++) {
      key = key * (counts[i] as number) + (genome[genes[i] as number] ?? 0);
    }
    return key;
  };
}

function blockDecoder(genes: StageBlock, stage: StageChoices, stride: 1 | 2): Decode<Block> {
  const keyOf = choiceKey([...genes.choices, stage.width, stage.activation]);
  const remembered = new Map<number, Block>();
  return (genome) => {
    const key = keyOf(genome);
    const known = remembered.get(key);
    if (known) return known;
    const block = genes.decode(genome, {
      activation: valueOf(stage.activation, genome),
      stride,
      out: valueOf(stage.width, genome),
    });
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, block);
    return block;
  };
}

/** Appends the blocks of a stage. */
function stageDecoder(stage: StageChoices): (genome: ArrayLike<number>, blocks: Block[]) => void {
  const decoders = stage.blocks.map((genes, i) => blockDecoder(genes, stage, i === 0 ? stage.stride : 1));
  return (genome, blocks) => {
    const depth = valueOf(stage.depth, genome);
    for (let i = 0; i < depth; i++) blocks.push((decoders[i] as Decode<Block>)(genome));
  };
}

/** How the genomes of a space are decoded: as plainly as can be written. Closed genes make no difference. */
export function createDecoder({ stem, stages, head }: Layout, spec: SpaceSpec): Decode<Architecture> {
  const decoders = stages.map(stageDecoder);
  return (genome) => {
    const blocks: Block[] = [];
    for (const decode of decoders) decode(genome, blocks);
    return {
      resolution: spec.resolution,
      classes: spec.classes,
      inputChannels: spec.inputChannels,
      stem: {
        out: valueOf(stem.width, genome),
        kernel: valueOf(stem.kernel, genome),
        stride: valueOf(stem.stride, genome),
        activation: valueOf(stem.activation, genome),
      },
      blocks,
      head: {
        out: valueOf(head.width, genome),
        activation: valueOf(head.activation, genome),
        dropout: spec.head.dropout,
      },
    };
  };
}
