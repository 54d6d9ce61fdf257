/** The choices of a space, laid out in genome order: stem, then stage by stage and block by block, head. */
import { MixnasError } from '../../base/index.js';
import type { Activation, MixBlock } from '../block.js';
import { type Choice, type Need, GeneList, need } from './genes.js';
import { type Mix, allMixes } from './mixes.js';
import type { SpaceSpec, StageSpec } from './schema.js';

export interface BlockChoices {
  readonly mix: Choice<Mix>;
  readonly split: Choice<'equal' | 'exponential'>;
  readonly gate: Choice<MixBlock['gate']>;
  readonly expansion: Choice<number>;
  readonly expandGroups: Choice<number>;
  readonly projectGroups: Choice<number>;
  readonly seRatio: Choice<number>;
}

export interface StageChoices {
  readonly stride: 1 | 2;
  readonly depth: Choice<number>;
  readonly width: Choice<number>;
  readonly activation: Choice<Activation>;
  /** As many as the greatest depth. */
  readonly blocks: readonly BlockChoices[];
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

/** @throws MixnasError `bad-config` when a stage has no kernel mixes, or more than a gene can tell apart. */
function mixesOf(stage: StageSpec, stride: number, where: string): readonly Mix[] {
  const mixes = allMixes(stage.kernels, stride === 1 ? stage.dilations : [1], stage.groups);
  if (mixes === undefined) {
    throw new MixnasError('bad-config', `${where} has more than 256 mixes of kernels and dilations.`, {
      remedy: 'List fewer kernels, dilations or groups.',
    });
  }
  if (mixes.length === 0) {
    throw new MixnasError('bad-config', `${where} has fewer kernels than its smallest number of groups.`, {
      remedy: 'List more kernels, or a smaller number in `groups`.',
    });
  }
  return mixes;
}

function layOutBlock(
  list: GeneList,
  name: string,
  block: number,
  stage: StageSpec,
  mixes: readonly Mix[],
  exists: readonly Need[],
): BlockChoices {
  const mix = list.choose(`${name}.mix`, mixes, { block, needs: exists });
  const expansion = list.choose(`${name}.expansion`, stage.expansion, { block, needs: exists });
  return {
    mix,
    expansion,
    // With two groups the exponential split is the equal one.
    split: list.choose(`${name}.split`, stage.split, {
      block,
      needs: [...exists, need(mix, (m) => m.kernels.length > 2)],
      neutral: 'equal',
    }),
    gate: list.choose(`${name}.gate`, stage.gate, {
      block,
      needs: [...exists, need(mix, (m) => m.kernels.length > 1)],
      neutral: 'none',
    }),
    expandGroups: list.choose(`${name}.expandGroups`, stage.expandGroups, {
      block,
      needs: [...exists, need(expansion, (value) => value !== 1)],
      neutral: 1,
    }),
    projectGroups: list.choose(`${name}.projectGroups`, stage.projectGroups, { block, needs: exists }),
    seRatio: list.choose(`${name}.seRatio`, stage.seRatio, { block, needs: exists }),
  };
}

function layOutStage(list: GeneList, index: number, firstBlock: number, stage: StageSpec, what: string) {
  const name = `stages.${index}`;
  const depth = list.choose(`${name}.depth`, stage.depth);
  const width = list.choose(`${name}.width`, stage.width);
  const activation = list.choose(`${name}.activation`, stage.activation);
  const first = mixesOf(stage, stage.stride, `${what}: stages[${index}]`);
  const deepest = Math.max(...stage.depth);
  const rest = deepest > 1 ? mixesOf(stage, 1, `${what}: stages[${index}]`) : [];
  const blocks = Array.from({ length: deepest }, (_, i) => {
    const exists = [need(depth, (value) => value > i)];
    return layOutBlock(list, `${name}.${i}`, firstBlock + i, stage, i === 0 ? first : rest, exists);
  });
  return { stride: stage.stride, depth, width, activation, blocks };
}

/** @throws MixnasError `bad-config` that names the stage whose kernels cannot be mixed as it says. */
export function layOut(spec: SpaceSpec, what: string): Layout {
  const list = new GeneList();
  const stem = {
    width: list.choose('stem.width', spec.stem.width),
    kernel: list.choose('stem.kernel', spec.stem.kernel),
    stride: list.choose('stem.stride', spec.stem.stride),
    activation: list.choose('stem.activation', spec.stem.activation),
  };
  const stages: StageChoices[] = [];
  for (const [index, stage] of spec.stages.entries()) {
    const before = stages.reduce((sum, { blocks }) => sum + blocks.length, 0);
    stages.push(layOutStage(list, index, before, stage, what));
  }
  const width = list.choose('head.width', spec.head.width);
  const activation = list.choose('head.activation', spec.head.activation, {
    needs: [need(width, (value) => value > 0)],
    neutral: 'relu',
  });
  return { list, stem, stages, head: { width, activation } };
}
