/**
 * A hard-gated network against a static one of the same expected latency, on two profiles: the gated one is trained by a
 * technique of `techniques.ts`, its expected latency is that of how often its groups ran on the test images, and the network
 * without gates, with the same kernels, is as wide as that latency allows. Both are trained for the same steps.
 *
 *     npm run study:gates-latency -- --dataset cifar10 --steps 5000 --seeds 1,2,3,4,5 --technique half
 *
 * Continues where it was interrupted: answers are in `studies/gates/latency.jsonl`, the page in `studies/gates/latency.md`.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { widthsFor } from '../../src/app/index.js';
import { packageRoot, shortHash } from '../../src/base/index.js';
import { createPredictor, loadProfile } from '../../src/hardware/index.js';
import { type Architecture, layerShares, lower, parseArchitecture, scaleTo } from '../../src/models/index.js';
import { loadDataSet, loadRuntime } from '../../src/training/index.js';
import { readAnswers } from '../shared/tasks.js';
import { head, large, network } from './cases.js';
import { type Technique, type TechniqueResult, runTechnique, techniquesOf } from './techniques.js';

const { values } = parseArgs({
  options: {
    dataset: { type: 'string', default: 'cifar10' },
    steps: { type: 'string', default: '5000' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    technique: { type: 'string', default: 'half' },
    profiles: { type: 'string', default: 'mali-g76,pixel4-cpu-big-1t-float' },
    out: { type: 'string', default: join(packageRoot(), 'studies/gates') },
  },
});
/** Where latency is priced. */
const deploy = { resolution: 224, classes: 1000 } as const;
const steps = Number(values.steps);
const seeds = values.seeds.split(',').map(Number);
const profiles = values.profiles.split(',');
const predictors = profiles.map((name) => createPredictor(loadProfile(name)));
const path = join(values.out, 'latency.jsonl');

const technique = techniquesOf(steps).find(({ name }) => name === values.technique);
if (!technique) throw new Error(`--technique: there is no ${values.technique}`);
const dataset = await loadDataSet({ name: values.dataset as 'cifar10' });
const runtime = await loadRuntime({ intraOpThreads: 1 });
const at = { resolution: dataset.train.width, classes: dataset.train.classes.length };
const answers = readAnswers<TechniqueResult>(path);

/** Trains a technique on the data, unless an earlier session has. */
async function trained({ phases, ...rest }: Technique, seed: number): Promise<TechniqueResult> {
  const own: Technique = {
    ...rest,
    phases: phases.map(({ architecture, recipe }) => ({ architecture: scaleTo(architecture, at), recipe })),
  };
  const key = `${rest.name} ${seed} ${shortHash({ phases: own.phases, dataset: values.dataset })}`;
  const known = answers.get(key);
  if (known) return known;
  const result = await runTechnique(own, seed, { dataset, runtime });
  appendFileSync(path, `${JSON.stringify({ key, ...result })}\n`);
  answers.set(key, result);
  console.error(
    `${rest.name}, seed ${seed}: ${(100 * result.accuracy).toFixed(2)} %, ${result.seconds.toFixed(0)} s`,
  );
  return result;
}

interface Pair {
  readonly gated: TechniqueResult;
  readonly others: readonly {
    readonly expectedMs: number;
    readonly staticMs: number;
    readonly result: TechniqueResult;
  }[];
}

const gatedArchitecture = (technique.phases.at(-1) as { readonly architecture: Architecture }).architecture;
const plain = parseArchitecture({ ...network('none', large, head) });
const recipe = techniquesOf(steps).find(({ name }) => name === 'static')?.phases[0]?.recipe;
if (!recipe) throw new Error('there is no static technique');
const pairs: Pair[] = [];
for (const seed of seeds) {
  const gated = await trained(technique, seed);
  const graph = lower(gatedArchitecture, deploy);
  const runs = layerShares(graph, gated.runs);
  const others = [];
  for (const [i, predictor] of predictors.entries()) {
    const expectedMs = predictor.latencyMs(graph, runs);
    const latencyMs = (architecture: Architecture) => predictor.latencyMs(lower(architecture, deploy));
    const architecture = widthsFor(plain, expectedMs, latencyMs);
    const name = `static on ${profiles[i]}`;
    const result = await trained({ name, about: name, phases: [{ architecture, recipe }] }, seed);
    others.push({ expectedMs, staticMs: latencyMs(architecture), result });
  }
  pairs.push({ gated, others });
  const page = pageOf(pairs);
  writeFileSync(join(values.out, 'latency.md'), page);
  console.log(page);
}

/** The page as Markdown. */
function pageOf(done: readonly Pair[]): string {
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const spread = (list: readonly number[]) => {
    const squares = list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0);
    const deviation = list.length < 2 ? '' : ` ± ${Math.sqrt(squares / (list.length - 1)).toFixed(2)}`;
    return `${mean(list).toFixed(2)}${deviation}`;
  };
  const percents = (list: readonly TechniqueResult[]) => list.map(({ accuracy }) => 100 * accuracy);
  return [
    '# Hard gates against a static network of the same expected latency',
    '',
    `Made by \`npm run study:gates-latency -- --dataset ${values.dataset} --steps ${steps} --technique ${values.technique}\`: ${done.length} of ${seeds.length} seeds.`,
    'Accuracy on the test images; latency at 224x224 with 1000 classes, of the gated network as often as its groups ran on',
    'the test images. The static network has the same kernels, no gates, and widths for that latency. ± is the standard',
    'deviation over seeds.',
    '',
    '| profile | expected ms | static ms | gated, % | static, % | gated less static, points |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...profiles.map((profile, i) => {
      const own = done.map(({ others }) => others[i] as Pair['others'][number]);
      const gated = percents(done.map((pair) => pair.gated));
      const plainOnes = percents(own.map(({ result }) => result));
      const differences = gated.map((value, k) => value - (plainOnes[k] as number));
      return `| ${profile} | ${mean(own.map(({ expectedMs }) => expectedMs)).toFixed(2)} | ${mean(own.map(({ staticMs }) => staticMs)).toFixed(2)} | ${spread(gated)} | ${spread(plainOnes)} | ${spread(differences)} |`;
    }),
    '',
  ].join('\n');
}
