/** The choices of a space, laid out in genome order: stem, then stage by stage and block by block, head. */
import type { Activation, Block, BlockGenes } from '../blocks/index.js';
import { type Choice, GeneList, need } from './genes.js';
import { type SpaceSpec, type StageSpec, opOfStage, searchOfStage } from './schema.js';

/** The choices of one block. */
export type StageBlock = BlockGenes<Block>;

export interface StageChoices {
  /** The kind of its blocks. */
  readonly op: Block['op'];
  readonly stride: 1 | 2;
  readonly depth: Choice<number>;
  readonly width: Choice<number>;
  readonly activation: Choice<Activation>;
  /** As many as the greatest depth. */
  readonly blocks: readonly StageBlock[];
}

export interface Layout {
  readonly list: GeneList;
  readonly stem: {
    readonly width: Choice<number>;
    readonly kernel: Choice<number>;
    readonly stride: Choice<1 | 2>;
    readonly activation: Choice<Activation>;
  };
  readonly stages: readonly StageChoices[];
  readonly head: { readonly width: Choice<number>; readonly activation: Choice<Activation> };
}

function layOutStage(
  list: GeneList,
  index: number,
  firstBlock: number,
  { stages, align }: SpaceSpec,
  what: string,
) {
  const stage = stages[index] as StageSpec;
  const name = `stages.${index}`;
  const depth = list.choose(`${name}.depth`, stage.depth);
  const width = list.choose(`${name}.width`, stage.width);
  const activation = list.choose(`${name}.activation`, stage.activation);
  const layOutBlock = searchOfStage(stage).layOut(stage, `${what}: stages[${index}]`, align);
  const blocks = Array.from({ length: Math.max(...stage.depth) }, (_, i) =>
    layOutBlock({
      list,
      name: `${name}.${i}`,
      block: firstBlock + i,
      stride: i === 0 ? stage.stride : 1,
      exists: [need(depth, (value) => value > i)],
    }),
  );
  return { op: opOfStage(stage), stride: stage.stride, depth, width, activation, blocks };
}

/** @throws MixnasError `bad-config` that names the stage whose choices make no block. */
export function layOut(spec: SpaceSpec, what: string): Layout {
  const list = new GeneList();
  const stem = {
    width: list.choose('stem.width', spec.stem.width),
    kernel: list.choose('stem.kernel', spec.stem.kernel),
    stride: list.choose('stem.stride', spec.stem.stride),
    activation: list.choose('stem.activation', spec.stem.activation),
  };
  const stages: StageChoices[] = [];
  for (const index of spec.stages.keys()) {
    const before = stages.reduce((sum, { blocks }) => sum + blocks.length, 0);
    stages.push(layOutStage(list, index, before, spec, what));
  }
  const width = list.choose('head.width', spec.head.width);
  const activation = list.choose('head.activation', spec.head.activation, {
    needs: [need(width, (value) => value > 0)],
    neutral: 'relu',
  });
  return { list, stem, stages, head: { width, activation } };
}
