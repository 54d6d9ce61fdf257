/** A run in words: what it trained on, what it is priced at, how far it is. */
import { z } from 'zod';
import type { RunView } from '../../runs/index.js';

const named = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);

/** Where accuracy comes from in runs of 0.1.0, which do not say it, by the name of their evaluator. */
const sources: Readonly<Record<string, string>> = {
  training: 'measured on held-out images after a short training',
  supernet: 'with the weights of a supernet, on held-out images',
  proxy: 'a rank among random networks by zero-cost scores: nothing was trained',
  synthetic: 'made up by a formula: nothing was trained',
};

/** Where accuracy comes from: `measured on validation images of cifar10 at 32x32`, or what was done instead. */
export function accuracyText({ config, manifest }: RunView): string {
  const evaluator = named.safeParse(config['evaluator']).data ?? 'training';
  return manifest.accuracySource ?? sources[evaluator] ?? 'as the evaluator of the run reports it';
}

/** `224x224, 1000 classes`. */
export function deployText({ config }: RunView): string {
  const { resolution, classes } = config.deploy;
  return `${resolution}x${resolution}, ${classes} classes`;
}

const endings = {
  trials: 'finished: its budget of trials is used',
  time: 'ended by its time limit',
  stopped: 'stopped on request',
  target: 'finished: its target is reached',
  stagnation: 'finished: its front no longer grew',
  interrupted: 'interrupted by the user',
  exhausted: 'finished: every network of the space within the limits was tried',
  failed: 'ended by an error',
} as const;

/** How the run ended, or that it still runs. */
export function stateText({ ended, live, trials }: RunView): string {
  if (live) return 'still running: this report shows it as it was when the report was made';
  if (ended) return `${endings[ended.reason]}${ended.message ? ` (${ended.message})` : ''}`;
  return trials.length === 0 ? 'not started' : 'ended without closing: it was killed, and can be resumed';
}

/** Seconds from the first to the last line of each session: what ran between them does not count. */
export function searchSeconds({ sessions }: RunView): number {
  return sessions.reduce((sum, { startedAt, lastAt }) => sum + Math.max(0, lastAt - startedAt) / 1000, 0);
}

/** `2026-01-31 14:05 UTC`. */
export const timeText = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Trials by state, and the reasons of those that failed, most frequent first. */
export function trialStates({ trials }: RunView): {
  readonly states: Map<string, number>;
  readonly reasons: [string, number][];
} {
  const states = new Map<string, number>();
  const reasons = new Map<string, number>();
  for (const { state, reason } of trials) {
    states.set(state, (states.get(state) ?? 0) + 1);
    if (reason !== undefined && state === 'failed') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { states, reasons: [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 8) };
}
