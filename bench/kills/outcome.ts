/** What a run has come to, and what a kill has done to it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../../src/runs/index.js';

/** What must not depend on kills: every trial in order, and the front. */
export function outcomeOf(folder: string): string {
  const trials = readRun(folder).trials.map(({ id, genome, known, values, state, origin, parents }) => ({
    id,
    genome: [...genome],
    known,
    values,
    state,
    origin,
    parents,
  }));
  const { front } = JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8')) as { front: unknown };
  return JSON.stringify({ trials, front });
}

interface Findings {
  /** The lines of finished trials, as they stand. */
  readonly lines: string[];
  /** Finished trials that were there before and are not, or not as they were. */
  readonly lost: number;
  /** Trials that are finished more than once. */
  readonly twice: number;
}

/** @param before the lines of finished trials before the kill. */
export function findings(folder: string, before: readonly string[]): Findings {
  const journal = join(folder, 'journal.jsonl');
  const text = existsSync(journal) ? readFileSync(journal, 'utf8') : '';
  const lines = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.includes('"type":"tell"') && !line.includes('"fault":"machine"'));
  const there = new Set(lines);
  const ids = new Set(lines.map((line) => (JSON.parse(line) as { id: number }).id));
  return {
    lines,
    lost: before.filter((line) => !there.has(line)).length,
    twice: lines.length - ids.size,
  };
}
