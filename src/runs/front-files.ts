/** `front.json` and `front.csv`: the result of a run for people and programs that know nothing of journals. */
import { join } from 'node:path';
import { writeFileAtomic } from '../base/index.js';
import { latencyMetric } from '../metrics/index.js';
import type { Architecture } from '../models/index.js';

/** One network of the front. */
export interface FrontMember {
  readonly trial: number;
  /** On held-out validation images, from 0 to 1. */
  readonly accuracy: number;
  /** Where it was evaluated again: `accuracy` is the mean of the later evaluations, and this is the rest. */
  readonly finalist?: {
    /** The accuracy by which it came on the front. */
    readonly firstAccuracy: number;
    /** Between the later evaluations; left out below two. */
    readonly deviation?: number;
    /** Later evaluations. */
    readonly seeds: number;
  };
  /** Predicted latency at the deployment resolution, by profile. */
  readonly latencyMs: Readonly<Record<string, number>>;
  readonly params: number;
  /** Multiply-adds at the deployment resolution. */
  readonly macs: number;
  readonly architecture: Architecture;
}

/** What a search gives: the last line of `search --json`, and `front.json`. */
export interface RunFront {
  readonly run: string;
  readonly seed: string | number;
  /** How many trials are finished. */
  readonly trials: number;
  /** By trial. */
  readonly front: readonly FrontMember[];
  readonly deploy: { readonly resolution: number; readonly classes: number };
  /** Members of the search's front that are not on it by their later accuracies; only with finalists. */
  readonly fallen?: readonly FrontMember[];
  /** Normalised, from 0 to 1; of the search's own accuracies. */
  readonly hypervolume: number;
  /** Wall-clock time spent, over all sessions. */
  readonly seconds: number;
}

/** Replaces both files, each at once. @throws MixnasError `no-space` */
export function writeFront(folder: string, front: RunFront): void {
  writeFileAtomic(join(folder, 'front.json'), `${JSON.stringify(front, undefined, 1)}\n`);
  writeFileAtomic(join(folder, 'front.csv'), frontCsv(front));
}

/** One line a network; no value ever holds a comma. */
function frontCsv({ front }: RunFront): string {
  const profiles = Object.keys(front[0]?.latencyMs ?? {});
  const again = front.some(({ finalist }) => finalist);
  const header = [
    'trial',
    'accuracy',
    ...(again ? ['firstAccuracy', 'deviation', 'seeds'] : []),
    ...profiles.map((name) => latencyMetric(name)),
    'params',
    'macs',
  ];
  const rows = front.map((m) => [
    m.trial,
    m.accuracy,
    ...(again ? [m.finalist?.firstAccuracy, m.finalist?.deviation, m.finalist?.seeds] : []),
    ...profiles.map((name) => m.latencyMs[name]),
    m.params,
    m.macs,
  ]);
  return [header, ...rows].map((row) => `${row.join(',')}\n`).join('');
}
