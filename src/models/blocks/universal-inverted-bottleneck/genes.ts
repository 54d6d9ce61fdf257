/** What a search may choose of a universal inverted bottleneck: which convolutions there are, and how large. */
import { z } from 'zod';
import { MixnasError } from '../../../base/index.js';
import { type Choice, assign, need, valueOf } from '../../space/genes.js';
import { choices, expansionChoices, kernelSchema } from '../fields.js';
import type { BlockGenes, BlockSearch, GenePlace, StageCommon } from '../kind.js';
import type { UibBlock } from './schema.js';

const depthwise = ['none', 'start', 'middle', 'both'] as const;
type Depthwise = (typeof depthwise)[number];

const hasStart = (which: Depthwise) => which === 'start' || which === 'both';
const hasMiddle = (which: Depthwise) => which === 'middle' || which === 'both';

const fields = {
  depthwise: choices(z.enum(depthwise)).describe(
    'Which depthwise convolutions a universal inverted bottleneck has: before the expansion (`start`), after it (`middle`), both or none; default [middle].',
  ),
  startKernels: choices(kernelSchema).describe(
    'Sizes of the depthwise kernel before the expansion; default [3].',
  ),
  middleKernels: choices(kernelSchema).describe(
    'Sizes of the depthwise kernel after the expansion; default [3].',
  ),
  expansion: expansionChoices,
};

type UibStage = StageCommon & { readonly [K in keyof typeof fields]: z.output<(typeof fields)[K]> };

function choose({ list, name, block, stride, exists }: GenePlace, stage: UibStage) {
  // Without a depthwise convolution there is nothing that could have a stride.
  const possible = stage.depthwise.filter((which) => stride === 1 || which !== 'none');
  const which = list.choose(`${name}.depthwise`, possible, { block, needs: exists });
  const expansion = list.choose(`${name}.expansion`, stage.expansion, { block, needs: exists });
  const startKernel = list.choose(`${name}.startKernel`, stage.startKernels, {
    block,
    needs: [...exists, need(which, hasStart)],
    neutral: 0,
  });
  const middleKernel = list.choose(`${name}.middleKernel`, stage.middleKernels, {
    block,
    needs: [...exists, need(which, hasMiddle)],
    neutral: 0,
  });
  return { which, expansion, startKernel, middleKernel };
}

function whichOf({ startKernel, middleKernel }: UibBlock): Depthwise {
  if (startKernel > 0) return middleKernel > 0 ? 'both' : 'start';
  return middleKernel > 0 ? 'middle' : 'none';
}

export const uibSearch = {
  fields,
  defaults: { depthwise: ['middle'], startKernels: [3], middleKernels: [3] },
  misfit: () => undefined,
  layOut(stage, where) {
    if (stage.stride === 2 && stage.depthwise.every((which) => which === 'none')) {
      throw new MixnasError('bad-config', `${where} has stride 2 and lists only \`none\` in \`depthwise\`.`, {
        remedy: 'List `start`, `middle` or `both`: a depthwise convolution has the stride.',
      });
    }
    return (place): BlockGenes<UibBlock> => {
      const own = choose(place, stage);
      return {
        choices: Object.values<Choice<unknown>>({ ...own }),
        decode: (genome, fromStage) => ({
          op: 'universal-inverted-bottleneck',
          startKernel: valueOf(own.startKernel, genome),
          middleKernel: valueOf(own.middleKernel, genome),
          expansion: valueOf(own.expansion, genome),
          ...fromStage,
        }),
        encode: (genome, block) =>
          assign(own.which, genome, whichOf(block)) &&
          assign(own.expansion, genome, block.expansion) &&
          assign(own.startKernel, genome, block.startKernel) &&
          assign(own.middleKernel, genome, block.middleKernel),
        count() {
          const kernels = own.which.values.reduce(
            (sum, which) =>
              sum +
              (hasStart(which) ? own.startKernel.values.length : 1) *
                (hasMiddle(which) ? own.middleKernel.values.length : 1),
            0,
          );
          return BigInt(kernels * own.expansion.values.length);
        },
      };
    };
  },
} satisfies BlockSearch<UibBlock, UibStage>;
