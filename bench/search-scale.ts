/**
 * What a long study costs: the time of a proposal and the memory of the process as trials pile up, and how
 * many candidates a second are proposed with everything that is known of them before training.
 *
 *   npm run bench:search-scale
 *   npm run bench:search-scale -- --samplers nsga2,local --trials 10000 --profiles mali-g76
 *
 * The space is `mixnet-imagenet` priced at 224x224 as a search prices it: lowered, parameters and MACs counted,
 * latency predicted for every profile. Every sampler has a process of its own, whose memory is that of the whole
 * process after a collection. A proposal's time is that of `ask` alone, over the last thousand before a mark;
 * evaluations, here a formula, are not in it.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { upperMedian } from '../src/base/index.js';
import { createPricing } from '../src/app/search/pricing.js';
import { loadSpace } from '../src/app/config/spaces.js';
import { loadProfile } from '../src/hardware/index.js';
import type { Architecture } from '../src/models/index.js';
import { type SamplerSpec, createStudy, mixnetSpace } from '../src/search/index.js';
import { surrogateAccuracy } from './search/mixnets.js';

const { values } = parseArgs({
  options: {
    samplers: { type: 'string', default: 'nsga2,local,random,aging,nsga3' },
    trials: { type: 'string', default: '100000' },
    profiles: { type: 'string', default: 'mali-g76,adreno-640,powervr-ge8320' },
    space: { type: 'string', default: 'mixnet-imagenet' },
    /** Set in the process of one sampler. */
    only: { type: 'string' },
  },
});
const profiles = values.profiles.split(',');
const marks = [1000, 3000, 10_000, 30_000, 100_000].filter((mark) => mark <= Number(values.trials));
const window = 1000;
const goals = { bytes: 1e9, candidates: 20_000 };

interface Mark {
  readonly trials: number;
  readonly medianUs: number;
  readonly meanUs: number;
  readonly candidatesPerSecond: number;
  readonly rssBytes: number;
}

/** One sampler to the last mark. */
function run(sampler: string): Mark[] {
  const pricing = createPricing(
    { deploy: { resolution: 224, classes: 1000 }, profiles },
    profiles.map((name) => loadProfile(name)),
    { needs: new Set(), derivedKnown: [], deriveKnown: () => ({}) },
  );
  let priced = 0;
  const study = createStudy({
    space: mixnetSpace(loadSpace(values.space)),
    objectives: [
      { name: 'accuracy', direction: 'maximize' },
      { name: `latencyMs.${profiles[0]}`, direction: 'minimize' },
    ],
    price: ({ architecture }: { readonly architecture: Architecture }) => {
      priced++;
      return pricing.price(architecture);
    },
    sampler: sampler as SamplerSpec,
    ...(sampler === 'mo-asha' && { fidelity: { rungs: [1, 3, 9] } }),
    seed: 1,
    trials: marks.at(-1),
  });
  return marks.map((trials) => {
    const times: number[] = [];
    let candidates = 0;
    while (study.trials.length < trials) {
      const before = priced;
      const started = performance.now();
      const trial = study.ask();
      const us = 1000 * (performance.now() - started);
      if (study.trials.length > trials - window) {
        times.push(us);
        candidates += priced - before;
      }
      study.tell(trial.id, { accuracy: surrogateAccuracy(trial.architecture) });
    }
    const total = times.reduce((a, b) => a + b, 0);
    globalThis.gc?.();
    return {
      trials,
      medianUs: upperMedian(times),
      meanUs: total / times.length,
      candidatesPerSecond: (1e6 * candidates) / total,
      rssBytes: process.memoryUsage().rss,
    };
  });
}

if (values.only !== undefined) {
  console.log(JSON.stringify(run(values.only)));
} else {
  console.log(
    `${values.space} at 224x224, ${profiles.join(', ')}; ask of two objectives, one of them priced`,
  );
  for (const sampler of values.samplers.split(',')) {
    const options = ['trials', 'profiles', 'space'] as const;
    const own = [
      ...process.execArgv,
      '--expose-gc',
      fileURLToPath(import.meta.url),
      ...options.flatMap((name) => [`--${name}`, values[name]]),
    ];
    const text = execFileSync(process.execPath, [...own, '--only', sampler], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const curve = JSON.parse(text) as Mark[];
    for (const { trials, medianUs, meanUs, candidatesPerSecond, rssBytes } of curve) {
      console.log(
        [
          sampler.padEnd(8),
          `${trials}`.padStart(7),
          `ask ${medianUs.toFixed(0).padStart(5)} us median, ${meanUs.toFixed(0).padStart(5)} mean`,
          `${candidatesPerSecond.toFixed(0).padStart(6)} candidates/s`,
          `${(rssBytes / 1e6).toFixed(0).padStart(5)} MB`,
        ].join('  '),
      );
    }
    const [first, last] = [curve[0] as Mark, curve.at(-1) as Mark];
    const at = curve.find((mark) => mark.trials === 10_000);
    const rate = at?.candidatesPerSecond ?? 0;
    console.log(
      `${sampler}: ask at ${last.trials} is ${(last.meanUs / first.meanUs).toFixed(2)} times that at ${first.trials}; ` +
        `memory ${last.rssBytes < goals.bytes ? 'met' : 'missed'} (goal 1 GB); ` +
        `${rate.toFixed(0)} candidates/s at 10,000 ${rate >= goals.candidates ? 'met' : 'missed'} (goal 20,000)`,
    );
  }
}
