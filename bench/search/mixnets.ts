/** A MixNet space with a stand-in for accuracy: MACs are priced, accuracy follows rules of thumb. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../src/base/index.js';
import {
  type Architecture,
  architectureHash,
  countCost,
  lower,
  parseSpace,
  mixBlocksOf,
} from '../../src/models/index.js';
import { type Space, createStudy, mixnetSpace } from '../../src/search/index.js';
import { type Problem, costsOf, measure } from './problem.js';

/**
 * An accuracy as small networks tend to have it: it grows with the logarithm of parameters and MACs,
 * gains from mixed and large kernels with diminishing return, from depth and squeeze-and-excitation, loses
 * by grouped 1x1 convolutions, and is off by a fixed 0.2 % that nothing explains.
 */
function surrogateAccuracy(arch: Architecture): number {
  const { macs, params } = countCost(lower(arch));
  let bonus = 0;
  mixBlocksOf(arch).forEach((block, i) => {
    const reach = block.kernels.map((k, j) => (k - 1) * (block.dilations?.[j] ?? 1) + 1);
    const mean = reach.reduce((a, b) => a + b, 0) / reach.length;
    const wanted = 3 + (6 * i) / arch.blocks.length;
    bonus -= 0.02 * Math.abs(Math.log(mean / wanted));
    bonus += 0.012 * Math.log2(block.kernels.length) + 0.02 * Math.min(block.seRatio, 0.25) * 4;
    bonus -= 0.006 * Math.log2(block.expandGroups * block.projectGroups);
    bonus += block.activation === 'swish' ? 0.004 : 0;
  });
  const capacity = 0.45 * Math.log10(macs / 1e5) + 0.35 * Math.log10(params / 1e4);
  const noise = 0.002 * createRandom(architectureHash(arch)).normal();
  return 0.96 - 0.5 * Math.exp(-capacity - bonus - 0.2) + noise;
}

const objectives = [
  { name: 'accuracy', direction: 'maximize' },
  { name: 'macs', direction: 'minimize' },
] as const;

/** The space `spaces/<space>.yaml` up to a limit on MACs; the best front known is that of a long search. */
export function mixnetProblem(
  name: string,
  spaceName: string,
  maxMacs: number,
  searchTrials: number,
): Problem {
  const path = join(packageRoot(), 'spaces', `${spaceName}.yaml`);
  const models = parseSpace(parse(readFileSync(path, 'utf8')));
  const price = ({ architecture }: { readonly architecture: unknown }) => ({
    macs: countCost(lower(architecture as Architecture)).macs,
  });
  const constraints = [{ metric: 'macs', max: maxMacs }];
  const evaluate = ({ architecture }: { readonly architecture: unknown }) => ({
    accuracy: surrogateAccuracy(architecture as Architecture),
    ...price({ architecture }),
  });
  const study = createStudy({
    space: models,
    objectives,
    constraints,
    price,
    sampler: { name: 'nsga2', population: 60 },
    seed: 'the best front known',
  });
  for (let i = 0; i < searchTrials; i++) {
    const { id, architecture } = study.ask();
    study.tell(id, { accuracy: surrogateAccuracy(architecture) });
  }
  const found = study.front().map((t) => costsOf({ ...t.known, ...t.values }, objectives));
  const space = mixnetSpace(models) as Space<unknown>;
  return {
    name,
    space,
    objectives,
    constraints,
    price,
    evaluate,
    ...measure(found),
  };
}
