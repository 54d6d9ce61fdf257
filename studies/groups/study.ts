/**
 * What guiding proposals by the devices' group sweep gains: `npm run study:groups`. The space `cifar-small`
 * priced at 224x224, a stand-in for accuracy, real profiles; the mean normalised hypervolume with and
 * without guidance at equal trials, over seeds, and how often guidance is better. Writes `groups.md`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { groupWeights } from '../../src/app/search/group-guide.js';
import { loadSpace } from '../../src/app/config/spaces.js';
import { createRandom, packageRoot } from '../../src/base/index.js';
import { createPredictor, loadProfile } from '../../src/hardware/index.js';
import { type Architecture, lower } from '../../src/models/index.js';
import { type SamplerSpec, createStudy, mixnetSpace } from '../../src/search/index.js';
import { surrogateAccuracy } from '../../bench/search/mixnets.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    trials: { type: 'string', default: '200' },
    samplers: { type: 'string', default: 'random,nsga2,auto' },
    strengths: { type: 'string', default: '0,0.5,1,2,4' },
    out: { type: 'string', default: join(packageRoot(), 'studies/groups') },
  },
});
const seeds = Number(values.seeds);
const trials = Number(values.trials);
const strengths = values.strengths.split(',').map(Number);
const space = loadSpace('cifar-small');
const deploy = { resolution: 224, classes: 1000 };
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/** A device with a limit that about a third of the space meets. */
const devices = [
  ['mali-g76', 11],
  ['adreno-640', 5.5],
  ['ethos-u65', 9],
] as const;

const page = [
  '# Does the group guide help a search?',
  '',
  `\`npm run study:groups -- ${process.argv.slice(2).join(' ')}\``.replace(' -- `', '`'),
  '',
  `Space \`cifar-small\` priced at ${deploy.resolution}x${deploy.resolution} with ${deploy.classes} classes, a formula in place of accuracy.`,
  `Mean normalised hypervolume after ${trials} trials over ${seeds} seeds by the strength of \`groupGuide\`; in brackets the`,
  'difference from strength 0, and in how many seeds the guide is better.',
];
function print(line: string): void {
  console.log(line);
  page.push(line);
}

for (const [device, limit] of devices) {
  const { latencyMs } = createPredictor(loadProfile(device));
  const memory = new Map<string, number>();
  const latency = (architecture: Architecture): number => {
    const key = JSON.stringify(architecture);
    const found = memory.get(key) ?? latencyMs(lower(architecture, deploy));
    memory.set(key, found);
    return found;
  };

  function hypervolumeOf(sampler: string, strength: number, seed: number): number {
    const weights = groupWeights(space, latency, strength, createRandom(`guide ${seed}`));
    const study = createStudy({
      space: mixnetSpace(space, strength > 0 ? weights : undefined),
      objectives: [
        { name: 'accuracy', direction: 'maximize' },
        { name: 'latencyMs', direction: 'minimize' },
      ],
      constraints: [{ metric: 'latencyMs', max: limit }],
      price: ({ architecture }) => ({ latencyMs: latency(architecture) }),
      sampler: sampler as SamplerSpec,
      seed,
      trials,
    });
    for (let i = 0; i < trials; i++) {
      const { id, architecture } = study.ask();
      study.tell(id, { accuracy: surrogateAccuracy(architecture) });
    }
    return study.hypervolume({ accuracy: 0.5, latencyMs: limit }) / (0.5 * limit);
  }

  const random = createRandom('share');
  const draws = 500;
  let within = 0;
  for (let i = 0; i < draws; i++) if (latency(space.decode(space.random(random))) <= limit) within++;
  print(`\n## ${device}, at most ${limit} ms (${Math.round((100 * within) / draws)} % of the space)\n`);
  print(`| sampler | ${strengths.join(' | ')} |`);
  print(`| --- |${strengths.map(() => ' --- |').join('')}`);
  for (const sampler of values.samplers.split(',')) {
    const results = strengths.map((strength) =>
      Array.from({ length: seeds }, (_, seed) => hypervolumeOf(sampler, strength, seed)),
    );
    const without = results[0] as number[];
    const cells = results.map((found, i) => {
      const better = found.filter((value, seed) => value > (without[seed] as number)).length;
      const gain = 100 * (mean(found) / mean(without) - 1);
      const compared = i === 0 ? '' : ` (${gain >= 0 ? '+' : ''}${gain.toFixed(2)} %, ${better}/${seeds})`;
      return `${mean(found).toFixed(4)}${compared}`;
    });
    print(`| ${sampler} | ${cells.join(' | ')} |`);
  }
}
writeFileSync(join(values.out, 'groups.md'), `${page.join('\n')}\n`);
