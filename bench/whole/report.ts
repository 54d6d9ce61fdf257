/** The whole job as a page: what its finalists are, and trainer and sampler apart. */
import {
  type Candidate,
  type Contestant,
  type Found,
  type Whole,
  latenciesOf,
  limits,
  pointOf,
  wholeVolume,
} from './plan.js';

/** One search of a contestant, and its finalists by their test accuracy, trained alike. */
export interface Outcome {
  readonly contestant: Contestant;
  readonly seed: number;
  readonly found: Found;
  readonly finalists: readonly Candidate[];
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[], digits: number) => {
  if (values.length < 2) return mean(values).toFixed(digits);
  const squares = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
  return `${mean(values).toFixed(digits)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(digits)}`;
};
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

/** Hypervolume of candidates by an accuracy of theirs. */
export const volumeOfCandidates = (
  candidates: readonly Candidate[],
  { space }: Pick<Whole, 'space'>,
): number =>
  wholeVolume(candidates.map(({ genome, accuracy }) => pointOf(accuracy, latenciesOf(space.decode(genome)))));

export function wholeReport(
  outcomes: readonly Outcome[],
  whole: Whole,
  about: {
    readonly command: string;
    readonly finalSteps: number;
    readonly steps: number;
    readonly proof: boolean;
  },
): string {
  const names = [...new Set(outcomes.map(({ contestant }) => contestant))];
  const of = (name: Contestant) => outcomes.filter(({ contestant }) => contestant === name);
  const volumes = new Map(
    names.map((name) => [name, of(name).map(({ finalists }) => volumeOfCandidates(finalists, whole))]),
  );
  const peers = names.filter((name) => name.startsWith('optuna'));
  const best = Math.max(...peers.map((name) => mean(volumes.get(name) as number[])));
  const least = Math.min(...outcomes.map(({ found }) => found.candidates.length));
  const allowed = Object.entries(limits).map(([name, limit]) => `${limit} ms on ${name}`);
  return [
    '# The whole job',
    '',
    ...(about.proof ? ['**A trial of the benchmark itself: too short to say anything.**', ''] : []),
    `\`${about.command}\``,
    '',
    `${whole.data.name}, space \`${whole.spaceName}\`, at most ${allowed.join(' and ')} (at 224x224, 1000 classes), ${whole.minutes} minutes a`,
    'search. `auto`, `supernet` and `random` are `mixnas search --time`; Optuna (multivariate TPE, GPSampler) trains with',
    `mixnas_torch by the recipe of \`auto\` (${about.steps} steps a network), a process a core, gets our predicted latencies as objectives and limits`,
    'as constraints, and trains nothing that is over a limit. Finalists are those that add most hypervolume by what',
    `the search measured, all trained again for ${about.finalSteps} steps by our trainer and judged on test images. Hypervolume: of`,
    'error and latency / limit up to (1, 1, 1).',
    '',
    row(['contestant', 'hypervolume of finalists', 'of the best Optuna', 'best test accuracy, %', 'seeds']),
    row(['---', '---:', '---:', '---:', '---:']),
    ...names.map((name) => {
      const own = volumes.get(name) as number[];
      const top = of(name).map(
        ({ finalists }) => 100 * Math.max(0, ...finalists.map(({ accuracy }) => accuracy)),
      );
      const ratio = peers.length > 0 ? (mean(own) / best).toFixed(2) : '';
      return row([name, spread(own, 4), ratio, spread(top, 2), own.length]);
    }),
    '',
    '## Trainer and sampler apart',
    '',
    `Speed: what the time was enough for. Sampler: hypervolume of the first ${least} networks that each search completed, by the`,
    'accuracy that it measured itself; a supernet measures by shared weights, so its figure compares with no other.',
    '',
    row(['contestant', 'networks trained', 'images a second', `hypervolume after ${least} networks`]),
    row(['---', '---:', '---:', '---:']),
    ...names.map((name) => {
      const found = of(name).map((outcome) => outcome.found);
      const speed = found.map(({ images, seconds }) => images / Math.max(1, seconds));
      const early = found.map(({ candidates }) => volumeOfCandidates(candidates.slice(0, least), whole));
      return row([
        name,
        spread(
          found.map(({ trained }) => trained),
          0,
        ),
        name === 'supernet' ? '' : spread(speed, 0),
        spread(early, 4),
      ]);
    }),
    '',
  ].join('\n');
}
