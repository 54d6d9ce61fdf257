/**
 * Problems from a tabular benchmark: a JSON file with `arch` (NAS-Bench-201 strings), lists of accuracies
 * (keys that begin with `acc`) and `latency_ms` by device. Such files are not part of the project.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Params } from '../../src/search/index.js';
import { type Problem, defineProblem } from './problem.js';

interface Table {
  readonly arch: readonly string[];
  readonly latency_ms: Readonly<Record<string, readonly number[]>>;
}

/** The operations on the edges of `|nor_conv_3x3~0|+|skip_connect~0|none~1|+...`. */
const operationsOf = (arch: string) =>
  [...arch.matchAll(/\|([a-z0-9_]+)~/g)].map((match) => match[1] as string);

/** Two objectives for every device, and accuracy alone as `single`. */
export function tableProblems(path: string, devices: readonly string[]): Record<string, () => Problem> {
  const table = JSON.parse(readFileSync(path, 'utf8')) as Table & Record<string, readonly number[]>;
  const accuracyKey = Object.keys(table).find((key) => key.startsWith('acc')) as string;
  const rows = table.arch.map(operationsOf);
  const choices = [...new Set(rows.flat())].toSorted();
  const index = new Map(rows.map((operations, i) => [operations.join(), i]));
  const spec = Object.fromEntries((rows[0] ?? []).map((_, edge) => [`x${edge}`, choices]));
  const rowOf = (params: Params) => index.get(Object.values(params).join()) as number;
  const accuracy = { name: 'accuracy', direction: 'maximize' } as const;
  const latency = { name: 'latencyMs', direction: 'minimize' } as const;
  const numbered = Object.fromEntries(Object.keys(spec).map((name) => [name, choices.map((_, i) => i)]));
  const named = (params: Params): Params =>
    Object.fromEntries(Object.entries(params).map(([name, i]) => [name, choices[i as number]]));
  const make =
    (name: string, device: string | undefined, feasible?: number, numbers = false) =>
    () => {
      const latencies = device === undefined ? [] : (table.latency_ms[device] ?? []);
      const limit = latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * (feasible ?? 0))];
      return defineProblem({
        name,
        spec: numbers ? numbered : spec,
        objectives: device === undefined ? [accuracy] : [accuracy, latency],
        constraints: feasible === undefined ? [] : [{ metric: 'latencyMs', max: limit }],
        evaluate: ({ params }) => {
          const row = rowOf(numbers ? named(params) : params);
          const value = table[accuracyKey]?.[row] as number;
          return device === undefined
            ? { accuracy: value }
            : { accuracy: value, latencyMs: latencies[row] as number };
        },
      });
    };
  const file = basename(path, '.json');
  return Object.fromEntries([
    ...devices.map((device) => [`${file}/${device}`, make(`${file}/${device}`, device)]),
    ...devices
      .slice(0, 1)
      .map((device) => [`${file}/${device}/tight`, make(`${file}/${device}/tight`, device, 0.15)]),
    ...devices
      .slice(0, 1)
      .map((device) => [
        `${file}/${device}/numbered`,
        make(`${file}/${device}/numbered`, device, undefined, true),
      ]),
    [`${file}/single`, make(`${file}/single`, undefined)],
  ]) as Record<string, () => Problem>;
}
