/** What a config says of devices and metrics must fit the devices that it lists. */
import { MixnasError, nearest } from '../../base/index.js';
import { evaluatorOf } from '../../evaluation/index.js';
import {
  latencyFamilies,
  latencyMetric,
  limitedMetric,
  memoryMetric,
  parseLatencyMetric,
  sizeMetrics,
} from '../../metrics/index.js';
import type { ObjectiveSpec, RunConfig } from './run-config.js';

/** What accuracy and the priced metrics are called, but for latencies. */
const metrics: readonly string[] = ['accuracy', ...sizeMetrics];

/**
 * Limits must be on profiles of the run.
 * @param lenient drop the others instead: the profiles were chosen on the command line.
 */
export function checkLimits(
  limits: Readonly<Record<string, number>>,
  profiles: readonly string[],
  lenient: boolean,
  fieldOf: (name: string) => string,
): Record<string, number> {
  const known = Object.entries(limits).filter(([name]) => profiles.includes(name));
  const unknown = Object.keys(limits).find((name) => !profiles.includes(name));
  if (unknown !== undefined && !lenient) throw notListed(fieldOf(unknown), unknown, profiles);
  return Object.fromEntries(known);
}

/**
 * What a phone and a server take together needs both: a limit or an objective on it without them has no meaning.
 * @throws MixnasError `bad-config`.
 */
export function checkSplit(
  { splitLatency, profiles }: Pick<RunConfig, 'splitLatency' | 'profiles'>,
  needs: ReadonlySet<string>,
  what: string,
): void {
  if (splitLatency === undefined) {
    if (!needs.has('splitLatencyMs')) return;
    throw new MixnasError('bad-config', `${what}: splitLatency is asked for, but nothing says of what.`, {
      remedy: 'Add `splitLatency: { phone: PROFILE, server: PROFILE or ms, bandwidth: 20Mbps, rtt: 30ms }`.',
    });
  }
  const { phone, server } = splitLatency;
  if (!profiles.includes(phone)) throw notListed(`${what}: \`splitLatency.phone\``, phone, profiles);
  if (typeof server === 'number') return;
  if (!profiles.includes(server)) throw notListed(`${what}: \`splitLatency.server\``, server, profiles);
  if (server === phone) {
    throw new MixnasError(
      'bad-config',
      `${what}: \`splitLatency.server\` is the same profile as the phone.`,
      {
        remedy: 'Give another profile, or the milliseconds of the whole network there.',
      },
    );
  }
}

function notListed(field: string, name: string, profiles: readonly string[]): MixnasError {
  const near = nearest(name, profiles);
  return new MixnasError('bad-config', `${field}: ${name} is not among the profiles of this search.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${near[0]}?`
        : `List it under \`profiles\` (now ${profiles.join(', ')}).`,
  });
}

/**
 * The metrics to trade off; by default accuracy and every latency.
 * @param lenient drop latencies on other devices instead of refusing them.
 * @param robust whether the default latencies are the upper ends of their bands.
 * @param split whether phone and server together are priced: what counts then by default is that.
 */
export function resolveObjectives(
  given: readonly ObjectiveSpec[] | undefined,
  profiles: readonly string[],
  {
    lenient,
    robust,
    split,
  }: { readonly lenient: boolean; readonly robust: boolean; readonly split: boolean },
  what: string,
): ObjectiveSpec[] {
  if (!given && split) return ['accuracy', 'splitLatencyMs'];
  if (!given) return ['accuracy', ...profiles.map((name) => limitedMetric({ robust }, name))];
  const latencies = latencyFamilies.flatMap((family) => profiles.map((name) => latencyMetric(name, family)));
  const known = [...metrics, ...latencies, ...profiles.map(memoryMetric)];
  const dropped = (spec: ObjectiveSpec) =>
    lenient && typeof spec === 'string' && parseLatencyMetric(spec) !== undefined && !known.includes(spec);
  const kept = given.filter((spec) => !dropped(spec));
  for (const [i, name] of kept.entries()) {
    if (typeof name !== 'string' || (known.includes(name) && kept.indexOf(name) === i)) continue;
    const field = `${what}: \`objectives[${i}]\``;
    if (known.includes(name)) throw new MixnasError('bad-config', `${field}: ${name} is listed twice.`);
    const near = nearest(name, known);
    throw new MixnasError('bad-config', `${field}: ${name} is not a metric of this search.`, {
      remedy:
        near.length > 0
          ? `Did you mean ${near[0]}?`
          : `Choose among ${known.slice(0, metrics.length + profiles.length).join(', ')}; a formula is written as \`maximize: ...\` or \`minimize: ...\`.`,
    });
  }
  return kept;
}

/** Rungs must ascend, and end before what the evaluator spends on a whole trial. */
export function checkFidelity(
  { fidelity, evaluator, sampler }: Pick<RunConfig, 'fidelity' | 'evaluator' | 'sampler'>,
  what: string,
): void {
  if (sampler.name === 'mo-asha') {
    throw new MixnasError(
      'bad-config',
      `${what}: \`sampler\`: mo-asha proposes each promotion as a new trial of the same network; in a run one trial climbs all rungs with its checkpoint.`,
      {
        remedy:
          'Use `fidelity: { rungs: [...] }` with any other sampler: promising trials then continue at the next rung.',
      },
    );
  }
  if (!fidelity) return;
  const { inParts, steps: total } = evaluatorOf(evaluator);
  if (!inParts) {
    throw new MixnasError(
      'bad-config',
      `${what}: \`fidelity\`: a ${evaluator.name} judges a network in one go.`,
      {
        remedy: 'Leave `fidelity` out, or use the training evaluator.',
      },
    );
  }
  const { rungs } = fidelity;
  const field = `${what}: \`fidelity.rungs\``;
  if (rungs.some((steps, i) => i > 0 && steps <= (rungs[i - 1] as number))) {
    throw new MixnasError('bad-config', `${field}: ${rungs.join(', ')} do not ascend.`);
  }
  const last = rungs.at(-1) as number;
  if (last >= total) {
    throw new MixnasError('bad-config', `${field}: ${last} is not below the evaluator's ${total} steps.`, {
      remedy: 'Leave the last rung out, or raise `evaluator.steps`: they are the last rung.',
    });
  }
}

/** Finalists must be networks that the evaluator can judge again, with its own steps or with others. */
export function checkFinalists(
  { finalists, evaluator }: Pick<RunConfig, 'finalists' | 'evaluator'>,
  what: string,
): void {
  if (!finalists || finalists.seeds === 0) return;
  const { steps, supernet } = evaluatorOf(evaluator);
  if (supernet) {
    throw new MixnasError(
      'bad-config',
      `${what}: \`finalists\`: a supernet scores networks with shared weights, the same with every seed.`,
      { remedy: 'Use `evaluator.finetune: { networks: 5 }`, which trains networks of the front further.' },
    );
  }
  if (finalists.steps !== undefined && steps === 0) {
    throw new MixnasError(
      'bad-config',
      `${what}: \`finalists.steps\`: the evaluator ${evaluator.name} counts no steps.`,
      { remedy: 'Leave `finalists.steps` out.' },
    );
  }
}

/** Worker processes of one machine; a fleet has more. */
const mostProcesses = 256;

/** One machine does not have as many workers as a fleet may have. */
export function checkWorkers(
  { workers, executor }: Pick<RunConfig, 'workers' | 'executor'>,
  what: string,
): void {
  if (workers <= mostProcesses || executor?.kind === 'bullmq') return;
  throw new MixnasError(
    'bad-config',
    `${what}: \`workers\`: ${workers} are more than one machine runs, which is ${mostProcesses}.`,
    { remedy: 'Use fewer, or a fleet: `executor: bullmq` (docs/scaling.md).' },
  );
}

/** Integers are measured where networks are trained, with their weights at hand. */
export function checkPrecision(
  { deploy, evaluator }: Pick<RunConfig, 'deploy' | 'evaluator'>,
  what: string,
): void {
  const { precision = 'float', evaluate } = deploy;
  const fail = (field: string, message: string, remedy: string) => {
    throw new MixnasError('bad-config', `${what}: \`deploy.${field}\`: ${message}`, { remedy });
  };
  if (precision === 'float') {
    if (evaluate !== undefined)
      fail('evaluate', 'it says whose accuracy is measured in 8-bit integers.', 'Add `precision: int8`.');
    return;
  }
  const { quantizes } = evaluatorOf(evaluator);
  if (quantizes) return;
  fail(
    'precision',
    `the ${evaluator.name} evaluator leaves no trained weights to quantize.`,
    'Use the training evaluator, or leave `precision` out and export the networks with --int8.',
  );
}
