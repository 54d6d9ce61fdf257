/** `run#trial`: one trial of a run, as the command line names it. */
import { MixnasError } from '../../base/index.js';
import { type Architecture, parseSpace } from '../../models/index.js';
import { type RunView, type TrialRow, readRun } from '../../runs/index.js';
import type { TrialRecord } from '../../search/index.js';

/** The run and the trial of `run#trial`; undefined when `spec` has not this form. */
export function parseTrial(spec: string): { run: string; trial: number } | undefined {
  const match = /^(.+)#(\d+)$/.exec(spec);
  return match ? { run: match[1] as string, trial: Number(match[2]) } : undefined;
}

/** A trial with its run and its architecture at the resolution it was trained at. */
export interface FoundTrial {
  readonly run: RunView;
  readonly row: TrialRow;
  readonly architecture: Architecture;
}

/**
 * Finds a trial.
 * @throws MixnasError `bad-run` when there is no such run, or no such trial in it.
 */
export function findTrial({ run, trial }: { run: string; trial: number }): FoundTrial {
  const view = readRun(run);
  const row = view.trials.find(({ id }) => id === trial);
  if (!row) {
    const last = view.trials.at(-1)?.id;
    throw new MixnasError('bad-run', `${view.name} has no trial ${trial}.`, {
      remedy: last === undefined ? 'It has none yet.' : `Its trials are 0 to ${last}.`,
    });
  }
  const space = parseSpace(view.space, `${view.folder}/space.json`);
  const architecture = space.decode(Uint8Array.from(row.genome));
  return { run: view, row, architecture: { ...architecture, name: `${view.name}#${trial}` } };
}

/** Whether a trial has an outcome, so that it is not run again: a fault of the machine is none. */
export const isFinished = ({ state, fault }: RunView['trials'][number]): boolean =>
  state !== 'running' && state !== 'interrupted' && fault === undefined;

/** A trial as the study takes it up; one that was interrupted, or lost by the machine, is running again. */
export function recordOf(row: TrialRow): TrialRecord {
  const { id, genome, known, parents, origin } = row;
  const finished = isFinished(row);
  const state = finished ? (row.state as TrialRecord['state']) : 'running';
  const reason = finished ? row.reason : undefined;
  const values = state === 'pruned' ? row.estimate : row.values;
  return { id, genome, known, values, state, reason, parents, origin: origin as TrialRecord['origin'] };
}
