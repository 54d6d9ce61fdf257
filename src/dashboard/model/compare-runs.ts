/** Two fronts side by side: hypervolume and coverage over what both have measured. */
import { coverage, epsilonIndicator } from '../../pareto/index.js';
import {
  createNormalizedHypervolume,
  directionOf,
  latencyMetric,
  pointOf,
  sharedScales,
} from '../../metrics/index.js';
import type { RunSummary } from '../../runs/index.js';

export interface FrontComparison {
  /** Devices that both runs price on; accuracy is always compared. */
  readonly devices: readonly string[];
  /** Why the two should be compared with care, one sentence each. */
  readonly warnings: readonly string[];
  readonly first: FrontMeasures;
  readonly second: FrontMeasures;
}

export interface FrontMeasures {
  readonly size: number;
  /** With one reference point for both: accuracy 0, latencies at the larger of the two runs' scales. */
  readonly hypervolume: number;
  /** Share of the other front that this one covers. */
  readonly covers: number;
  /** How much, in the units of the hypervolume, it would have to be shifted to cover the other. */
  readonly epsilon: number;
}

type Members = NonNullable<RunSummary['front']>['front'];

/** Compares the fronts of two runs; undefined when one has none, or they have no device in common. */
export function compareFronts(a: RunSummary, b: RunSummary): FrontComparison | undefined {
  const devices = a.config.profiles.filter((name) => b.config.profiles.includes(name));
  if (!a.front?.front.length || !b.front?.front.length || devices.length === 0) return undefined;
  const names = devices.map((name) => latencyMetric(name));
  const objectives = ['accuracy', ...names].map((name) => ({ name, direction: directionOf(name) }));
  const scales = sharedScales(names, [a.references.scales, b.references.scales]);
  const points = (members: Members) =>
    members.map(({ accuracy, latencyMs }) => {
      const latencies = devices.map((name, i) => [names[i], latencyMs[name] ?? Infinity] as const);
      const values = new Map<string | undefined, number>([['accuracy', accuracy], ...latencies]);
      return pointOf((name) => values.get(name), objectives, scales);
    });
  const [one, two] = [points(a.front.front), points(b.front.front)];
  const measures = (own: number[][], other: number[][]): FrontMeasures => {
    const volume = createNormalizedHypervolume(objectives);
    for (const point of own) volume.add(point);
    return {
      size: own.length,
      hypervolume: volume.value,
      covers: coverage(own, other),
      epsilon: epsilonIndicator(own, other),
    };
  };
  return { devices, warnings: warningsOf(a, b), first: measures(one, two), second: measures(two, one) };
}

function warningsOf(a: RunSummary, b: RunSummary): string[] {
  const different = (what: string, x: unknown, y: unknown): string[] =>
    JSON.stringify(x) === JSON.stringify(y) ? [] : [`They differ in ${what}.`];
  return [
    ...different('what they deploy at', a.config.deploy, b.config.deploy),
    ...different('the data set', a.config['dataset'], b.config['dataset']),
    ...different('how a network is judged', a.config['evaluator'], b.config['evaluator']),
  ];
}
