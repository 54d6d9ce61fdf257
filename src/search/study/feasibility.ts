/**
 * Before the first trial: is there anything to find? Limits that no point of the space can meet are reported
 * at once, with the nearest candidate and the smallest value that can be reached.
 */
import { MixnasError, type Random } from '../../base/index.js';
import type { Candidate, Candidates } from '../candidates.js';
import { type Constraint, totalViolation, violationOf } from '../../metrics/index.js';
import type { Genome, Space } from '../space/index.js';

const draws = 300;
const restarts = 4;

/** Points up to which the smallest value of a metric is found by walking the whole space. */
const exactSize = 4096n;

/**
 * A feasible candidate, found by sampling, else by minimising the violation.
 * @throws MixnasError `infeasible` that names the binding constraint, the smallest (for a `min`: largest)
 * value that a minimising search over the space reached, and the nearest candidate.
 */
export function requireFeasible(
  space: Space<unknown>,
  candidates: Candidates,
  constraints: readonly Constraint[],
  random: Random,
): Candidate {
  let nearest = candidates.consider(space.random(random));
  for (let i = 0; i < draws && nearest.violation > 0; i++) {
    const next = candidates.consider(space.random(random));
    if (next.violation < nearest.violation) nearest = next;
  }
  if (nearest.violation === 0) return nearest;

  const find = (cost: (candidate: Candidate) => number, starts: readonly Genome[]) =>
    minimise(space, candidates, cost, starts, random);
  nearest = find((c) => c.violation, [nearest.genome]);
  if (nearest.violation === 0) return nearest;

  // No point meets all. The binding constraint is the one whose own best point is farthest off.
  const priced = constraints.filter(({ metric }) => nearest.known[metric] !== undefined);
  const alone = priced.map((constraint) => {
    const reached = find((c) => ascending(c, constraint), [nearest.genome]);
    return { constraint, reached, miss: violationOf(valueOf(reached, constraint), constraint) };
  });
  const again = find((c) => c.violation, [...alone.map(({ reached }) => reached.genome), nearest.genome]);
  if (again.violation === 0) return again;
  const binding = alone.reduce((worst, next) => (next.miss > worst.miss ? next : worst));
  throw infeasible(space, again, priced, binding);
}

const valueOf = (candidate: Candidate, { metric }: Constraint) => candidate.known[metric] as number;

/** The metric with the sign in which smaller is nearer to being allowed. */
function ascending(candidate: Candidate, constraint: Constraint): number {
  const value = valueOf(candidate, constraint);
  if (constraint.max !== undefined && constraint.min !== undefined) return violationOf(value, constraint);
  return constraint.min === undefined ? value : -value;
}

/**
 * The candidate with the least cost: exact in a small space, otherwise by descent from the starts and a
 * few random points.
 */
function minimise(
  space: Space<unknown>,
  candidates: Candidates,
  cost: (candidate: Candidate) => number,
  starts: readonly Genome[],
  random: Random,
): Candidate {
  const better = (a: Candidate, b: Candidate) => (cost(b) < cost(a) ? b : a);
  const extra = Array.from({ length: restarts }, () => space.random(random));
  return space.size <= exactSize
    ? [...space.enumerate()].map((genome) => candidates.consider(genome)).reduce(better)
    : [...starts, ...extra].map((start) => descend(space, candidates, cost, start)).reduce(better);
}

/**
 * Takes every improving step, going round the neighbours so that each parameter gets its turn, until a
 * whole round brings none. Some rounds suffice even with a hundred parameters.
 */
function descend(
  space: Space<unknown>,
  candidates: Candidates,
  cost: (candidate: Candidate) => number,
  start: Genome,
): Candidate {
  let here = candidates.consider(start);
  let around = [...space.neighbours(here.genome)];
  let cursor = 0;
  for (let since = 0; since < around.length; since++) {
    const next = candidates.consider(around[cursor % around.length] as Genome);
    cursor++;
    if (cost(next) < cost(here)) {
      here = next;
      around = [...space.neighbours(here.genome)];
      since = -1;
    }
  }
  return here;
}

function infeasible(
  space: Space<unknown>,
  nearest: Candidate,
  constraints: readonly Constraint[],
  binding: { readonly constraint: Constraint; readonly reached: Candidate; readonly miss: number },
): MixnasError {
  const { metric } = binding.constraint;
  const limit = limitText(binding.constraint);
  const values = constraints.map((c) => `${c.metric} ${short(valueOf(nearest, c))}`).join(', ');
  const point = Object.entries(space.params(nearest.genome))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
  const near = `The nearest candidate has ${values} (${point}).`;
  if (binding.miss > 0) {
    const reached = short(valueOf(binding.reached, binding.constraint));
    const word = binding.constraint.max === undefined ? 'largest' : 'smallest';
    return new MixnasError(
      'infeasible',
      `No candidate of the space meets ${limit}: the ${word} reachable ${metric} is ${reached}.`,
      { remedy: `Loosen the limit on ${metric} or widen the space. ${near}` },
    );
  }
  const broken = constraints.filter((c) => totalViolation(nearest.known, [c]) > 0).map(limitText);
  const all = constraints.map(limitText).join(' and ');
  return new MixnasError(
    'infeasible',
    `No candidate of the space meets ${all} at once; the nearest one breaks ${broken.join(' and ')}.`,
    { remedy: `Loosen one of these limits or widen the space. ${near}` },
  );
}

function limitText({ metric, max, min }: Constraint): string {
  const parts = [min === undefined ? '' : `>= ${short(min)}`, max === undefined ? '' : `<= ${short(max)}`];
  return `${metric} ${parts.filter(Boolean).join(' and ')}`;
}

const short = (value: number) => String(Number(value.toPrecision(5)));
