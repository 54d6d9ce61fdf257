/**
 * What spaces, samplers and reference models gave in 0.1.0, in a form short enough to commit: genomes that a seed
 * draws and proposes, and hashes of architectures and layer graphs.
 */
import { existsSync } from 'node:fs';
import { createRandom, packageRoot, readDocument, shortHash } from '../../src/base/index.js';
import {
  type Architecture,
  architectureHash,
  countCost,
  lower,
  parseSpace,
  referenceArchitecture,
} from '../../src/models/index.js';
import { createStudy } from '../../src/search/index.js';

const spaceNames = ['cifar-mobile', 'cifar-small', 'mixnet-imagenet'];
const samplers = ['random', 'nsga2', 'tpe', 'auto'] as const;

/** The reference models of 0.1.0. */
export const oldReferences = [
  'mixnet-s',
  'mixnet-m',
  'mixnet-l',
  'mixnet-xl',
  'mobilenet-v1',
  'mobilenet-v2',
  'efficientnet-b0',
  'shufflenet-v2-1.0',
  'shufflenet-v2-1.5',
  'mobilevit-xs',
  'mobilevit-s',
];

const textOf = (genome: ArrayLike<number>) => Buffer.from(Uint8Array.from(genome)).toString('base64url');

function loadSpace(name: string) {
  const path = `${packageRoot()}/spaces/${name}.yaml`;
  if (!existsSync(path)) throw new Error(`no ${path}`);
  return parseSpace(readDocument(path, 'bad-config'), name);
}

/** Two objectives that pull apart: MACs, and a figure that only the structure's hash decides. */
function objectives(architecture: Architecture): { macs: number; chance: number } {
  return {
    macs: countCost(lower(architecture)).macs,
    chance: createRandom(architectureHash(architecture)).next(),
  };
}

function proposals(name: string, sampler: (typeof samplers)[number], count: number): string[] {
  const space = loadSpace(name);
  const study = createStudy({
    space,
    objectives: [
      { name: 'macs', direction: 'minimize' },
      { name: 'chance', direction: 'maximize' },
    ],
    sampler,
    seed: 11,
  });
  return Array.from({ length: count }, () => {
    const trial = study.ask();
    study.tell(trial.id, objectives(trial.architecture));
    return shortHash(textOf(trial.genome)).slice(0, 8);
  });
}

export function goldenSpaces() {
  return Object.fromEntries(
    spaceNames.map((name) => {
      const space = loadSpace(name);
      const random = createRandom(7);
      const genomes = Array.from({ length: 24 }, () => space.random(random));
      return [
        name,
        {
          hash: space.hash,
          size: String(space.size),
          genes: shortHash(JSON.stringify(space.genes)),
          genomes: genomes.map(textOf),
          architectures: genomes.map((genome) => architectureHash(space.decode(genome))),
        },
      ];
    }),
  );
}

export function goldenProposals() {
  return Object.fromEntries(
    spaceNames.map((name) => [
      name,
      Object.fromEntries(samplers.map((sampler) => [sampler, proposals(name, sampler, 40).join(' ')])),
    ]),
  );
}

export function goldenReferences() {
  return Object.fromEntries(
    oldReferences.map((name) => {
      const architecture = referenceArchitecture(name);
      return [
        name,
        {
          architecture: architectureHash(architecture),
          graph: shortHash(JSON.stringify(lower(architecture))),
        },
      ];
    }),
  );
}
