/** What a search begins with: results of earlier runs, the reference MixNets, and what a cheap score likes. */
import { isDeepStrictEqual } from 'node:util';
import {
  type DataIdentity,
  MixnasError,
  createRandom,
  dataDifferences,
  nearest,
  heldOutCount,
} from '../../../base/index.js';
import { type EvaluatorSpec, evaluatorOf } from '../../../evaluation/index.js';
import {
  type MixnetSpace,
  parseSpace,
  referenceArchitecture,
  referenceNames,
} from '../../../models/index.js';
import { costOf, meetsAll } from '../../../metrics/index.js';
import { nonDominatedSort } from '../../../pareto/index.js';
import {
  type RunView,
  type TrialRow,
  type WarmStart,
  decodeGenome,
  encodeGenome,
  frontOfRun,
  readRun,
} from '../../../runs/index.js';
import { mixnetSpace } from '../../../search/index.js';
import { cheapScores } from '../cheap-scores.js';
import { parseStoredConfig, type RunConfig, compileExpression } from '../../config/index.js';
import { nearestGenome } from './nearest-genome.js';
import { measuresAllInt8 } from '../precision.js';
import type { WarmStartParts } from '../parts.js';

interface WarmStartContext extends WarmStartParts {
  /** The folder of runs. */
  readonly root: string;
  readonly notice: (text: string) => void;
  /** The data of this search, where its evaluator needs some. */
  readonly identity: DataIdentity | undefined;
}

const mixnets = ['mixnet-s', 'mixnet-m', 'mixnet-l'];

/**
 * Works out what a config's `warmStart` comes to; undefined where there is none.
 * @throws MixnasError `bad-run` for a run that is missing or of another space, `bad-data` for one whose data was
 *   changed since, `bad-config` for a reference that does not exist or a score that makes no sense.
 */
export function createWarmStart(context: WarmStartContext): WarmStart | undefined {
  const { config, space } = context;
  if (!config.warmStart) return undefined;
  const { runs, references, cheap } = config.warmStart;
  const known = new Map<string, WarmStart['known'][number]>();
  const first: string[] = [];
  for (const name of runs) {
    const view = readRun(name, context.root);
    checkSpace(view, space);
    if (comparable(view, context)) takeResults(context, view, known);
    else first.push(...takeFront(context, view));
  }
  const names = references === true ? mixnets : references === false ? [] : references;
  first.push(...names.map((name) => encodeGenome(nearestGenome(space, referenceOf(name)))));
  if (cheap) first.push(...best(context, cheap));
  const feasible = [...new Set(first)].filter((genome) => !known.has(genome) && meetsLimits(context, genome));
  return { known: [...known.values()], first: feasible };
}

/** @throws MixnasError `bad-run` */
function checkSpace(view: RunView, space: MixnetSpace): void {
  if (parseSpace(view.space, `${view.folder}/space.json`).hash === space.hash) return;
  throw new MixnasError(
    'bad-run',
    `warmStart.runs: ${view.name} searched another space (${view.manifest.space.name}).`,
    {
      remedy: `Its results say nothing about ${space.name}; choose a run of that space, or search the space of that run.`,
    },
  );
}

/**
 * Whether an accuracy of that run means the same in this one: by what the data is, wherever it lies.
 * @throws MixnasError `bad-data` where it is the same data set by name, but no longer the same images.
 */
function comparable(view: RunView, { config, identity, notice }: WarmStartContext): boolean {
  const { dataset, evaluator, deploy } = parseStoredConfig(view.config, `${view.folder}/config.json`);
  if (
    !evaluatorOf(evaluator).comparable ||
    measuresAllInt8({ deploy }) !== measuresAllInt8(config) ||
    !isDeepStrictEqual(heldOutIn(evaluator, identity), heldOutIn(config.evaluator, identity))
  )
    return false;
  const { data: before } = view.manifest;
  const alike = isDeepStrictEqual(dataset, config.dataset);
  if (!identity || !before) {
    if (alike && identity && dataset.name === 'folder')
      notice(
        `${view.name} does not say which images it is of (it was made by an older mixnas): whether they are the same now is not known.`,
      );
    return alike;
  }
  const differences = dataDifferences(before, identity);
  if (differences === undefined) return before.resolution === identity.resolution;
  if (!alike) return false;
  throw new MixnasError(
    'bad-data',
    `warmStart.runs: the data of ${view.name} is not what it was: ${differences}.`,
    { remedy: 'Leave the run out, or bring the data back to what it was.' },
  );
}

/** An evaluator with the images that it holds out as a number, so that a share and its number are the same. */
function heldOutIn(evaluator: EvaluatorSpec, identity: DataIdentity | undefined): object {
  const { holdsOut, heldOut } = evaluatorOf(evaluator);
  if (!identity || !holdsOut) return evaluator;
  const images = identity.classes.reduce((sum, { train }) => sum + train, 0);
  return { ...evaluator, validation: heldOutCount(heldOut, images) };
}

/** The complete trials of a run, priced again, as results of this one; those beyond its limits are left out. */
function takeResults(
  context: WarmStartContext,
  view: RunView,
  into: Map<string, WarmStart['known'][number]>,
): void {
  const { notice, criteria } = context;
  const complete = view.trials.filter(({ state }) => state === 'complete');
  let taken = 0;
  for (const row of complete) {
    const genome = encodeGenome(row.genome);
    if (into.has(genome) || !meetsLimits(context, genome)) continue;
    const values = measuredOf(row, context.config);
    const derived = values && criteria.deriveMeasured({ ...priceOf(context, genome), ...values });
    if (!values || typeof derived === 'string') continue;
    into.set(genome, {
      genome,
      values: { ...values, ...derived },
      from: { folder: view.folder, trial: row.id },
    });
    taken++;
  }
  notice(
    `${taken} of ${complete.length} results of ${view.name} are taken over; the others are beyond the limits or known.`,
  );
}

/** What the evaluator reported; undefined where that lacks something that it reports now. */
function measuredOf({ values }: TrialRow, { evaluator }: RunConfig): Record<string, number> | undefined {
  const names = evaluatorOf(evaluator).metrics;
  const reported = names.map((name) => [name, values[name]] as const);
  return reported.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(reported) as Record<string, number>)
    : undefined;
}

function takeFront({ notice }: WarmStartContext, view: RunView): string[] {
  const front = frontOfRun(view);
  notice(`${view.name} has other data or another recipe: its front of ${front.length} is evaluated first.`);
  return front.map(({ genome }) => encodeGenome(genome));
}

function referenceOf(name: string) {
  if (referenceNames.includes(name)) return referenceArchitecture(name);
  const near = nearest(name, referenceNames)[0];
  throw new MixnasError('bad-config', `warmStart.references: there is no reference model ${name}.`, {
    remedy: near === undefined ? `Choose among ${referenceNames.join(', ')}.` : `Did you mean ${near}?`,
  });
}

function priceOf({ space, pricing }: WarmStartContext, genome: string): Readonly<Record<string, number>> {
  return pricing.price(space.decode(space.canonical(decodeGenome(genome))));
}

function meetsLimits(context: WarmStartContext, genome: string): boolean {
  const known = priceOf(context, genome);
  return meetsAll((metric) => known[metric], context.criteria.constraints);
}

/**
 * Of random candidates within the limits, those on the best fronts of the score and the objectives that are
 * known without training: few good networks of every size.
 */
function best(
  context: WarmStartContext,
  { score, candidates, first }: NonNullable<NonNullable<RunConfig['warmStart']>['cheap']>,
): string[] {
  const { config, space, criteria, pricing } = context;
  const quantities = { profiles: config.profiles, measured: Object.keys(cheapScores) };
  const expression = compileExpression(score, quantities, 'warmStart.cheap.score');
  if (expression.uses.includes('accuracy')) {
    throw new MixnasError('bad-config', 'warmStart.cheap.score: accuracy is not known without training.', {
      remedy: `Use macs, params, latency or ${Object.keys(cheapScores).join(', ')}.`,
    });
  }
  const known = criteria.objectives.filter(({ name }) => pricing.metrics.includes(name));
  const generic = mixnetSpace(space);
  const random = createRandom(config.seed).fork('warm start');
  const found = new Map<string, number[]>();
  for (let i = 0; i < candidates; i++) {
    const genome = encodeGenome(generic.random(random));
    const metrics = priceOf(context, genome);
    if (found.has(genome) || !meetsLimits(context, genome)) continue;
    const architecture = space.decode(decodeGenome(genome));
    const scores = Object.fromEntries(
      Object.entries(cheapScores).map(([name, of]) => [name, of(architecture)]),
    );
    const value = expression.evaluate({ ...metrics, ...scores });
    if (Number.isNaN(value)) continue;
    const costs = known.map((objective) => costOf(metrics, objective) as number);
    found.set(genome, [-value, ...costs]);
  }
  const genomes = [...found.keys()];
  const fronts = nonDominatedSort([...found.values()]).map((front) =>
    random.shuffle(front.toSorted((a, b) => a - b)),
  );
  return fronts
    .flat()
    .slice(0, first)
    .map((i) => genomes[i] as string);
}
