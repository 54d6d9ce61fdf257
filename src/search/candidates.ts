/**
 * Candidates before they become trials: priced, checked against the hard constraints, repaired where they
 * break one. All of it costs microseconds, so that no trial is spent on what cannot be deployed.
 */
import type { Random } from '../base/index.js';
import { type Constraint, type Metrics, totalViolation } from '../metrics/index.js';
import type { Price, Priced } from './price.js';
import type { Genome, Space } from './space/index.js';

/** A point of the space with what is known of it before it is evaluated. */
export interface Candidate {
  readonly genome: Genome;
  readonly key: string;
  readonly known: Metrics;
  /** Sum of the violations of hard constraints; 0 when it may become a trial. */
  readonly violation: number;
}

/** Whether a candidate with this key was proposed already. */
export type Taken = (key: string) => boolean;

/** Up to this many points a space is walked where sampling no longer finds a new one. */
export const walkableSize = 200_000n;

export interface Candidates {
  /** @param key the genome's, where it is known already. */
  consider(genome: Genome, key?: string): Candidate;
  /** Walks by small steps to a candidate that meets every hard constraint and is not taken. */
  repair(candidate: Candidate, random: Random, taken: Taken): Candidate | undefined;
  /**
   * A feasible candidate that is not taken, as random as the constraints allow; undefined when none
   * was found, which in a space of up to `walkableSize` points means that there is none.
   * @param anchors feasible genomes around which to look last.
   */
  fresh(random: Random, taken: Taken, anchors: () => readonly Genome[]): Candidate | undefined;
}

const freeDraws = 60;
const repairedDraws = 20;
const repairSteps = 60;
const lastLooks = 20_000;

export function createCandidates(
  space: Space<unknown>,
  price: Price | undefined,
  constraints: readonly Constraint[],
): Candidates {
  function consider(genome: Genome, key = space.key(genome)): Candidate {
    const known = price?.(lazily(space, genome)) ?? {};
    return { genome, key, known, violation: totalViolation(known, constraints) };
  }

  function repair(candidate: Candidate, random: Random, taken: Taken): Candidate | undefined {
    let best = candidate;
    for (let step = 0; step < repairSteps; step++) {
      const next = consider(space.mutate(best.genome, random));
      if (next.violation === 0 && !taken(next.key)) return next;
      // Among equals it moves on, so that it leaves plateaus and places that are taken.
      if (next.violation <= best.violation) best = next;
    }
    return undefined;
  }

  function walk(genomes: Iterable<Genome>, taken: Taken, attempts: number): Candidate | undefined {
    let tried = 0;
    for (const genome of genomes) {
      if (tried++ >= attempts) return undefined;
      const key = space.key(genome);
      if (taken(key)) continue;
      const candidate = consider(genome, key);
      if (candidate.violation === 0) return candidate;
    }
    return undefined;
  }

  function fresh(random: Random, taken: Taken, anchors: () => readonly Genome[]): Candidate | undefined {
    for (let i = 0; i < freeDraws; i++) {
      const candidate = consider(space.random(random));
      if (candidate.violation === 0 && !taken(candidate.key)) return candidate;
    }
    for (let i = 0; i < repairedDraws; i++) {
      const repaired = repair(consider(space.random(random)), random, taken);
      if (repaired) return repaired;
    }
    if (space.size <= walkableSize) return walk(shuffled(space, random), taken, Infinity);
    const around = random.shuffle([...anchors()]);
    return walk(surroundings(space, around), taken, lastLooks);
  }

  return { consider, repair, fresh };
}

/** The space's genomes in random order: those left when sampling fails must not come in order. */
function shuffled(space: Space<unknown>, random: Random): Genome[] {
  return random.shuffle([...space.enumerate()]);
}

/** The genomes and what lies around each. */
function* surroundings(space: Space<unknown>, genomes: readonly Genome[]): Iterable<Genome> {
  for (const genome of genomes) {
    yield genome;
    yield* space.neighbours(genome);
  }
}

/** A price function's argument, decoded only when it is read. */
function lazily(space: Space<unknown>, genome: Genome): Priced {
  return {
    genome,
    get params() {
      return space.params(genome);
    },
    get architecture() {
      return space.decode(genome);
    },
  };
}
