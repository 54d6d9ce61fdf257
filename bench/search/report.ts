/** The tables of the search benchmark, as Markdown. */
import type { Measured } from './run.js';

export interface Row {
  readonly problem: string;
  readonly sampler: string;
  readonly runs: readonly Measured[];
}

/** A mean over the seeds of a row at a budget. */
interface Mean {
  readonly ratio: number;
  readonly seconds: number;
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/** Undefined where no seed got so far. */
function meanAt(row: Row | undefined, place: number): Mean | undefined {
  const ratios = row?.runs.flatMap((run) => run.ratios[place] ?? []) ?? [];
  const seconds = row?.runs.flatMap((run) => run.seconds[place] ?? []) ?? [];
  return ratios.length === 0 ? undefined : { ratio: mean(ratios), seconds: mean(seconds) };
}

/** The missing share, as it is and as a power of ten. */
const show = (found: Mean | undefined) =>
  found === undefined
    ? '-'
    : `${found.ratio.toFixed(5)} (${Math.log10(Math.max(1e-9, 1 - found.ratio)).toFixed(2)})`;

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');

/** Every problem with every sampler: share of the best hypervolume, and log10 of what is missing. */
export function ratioTable(rows: readonly Row[], budgets: readonly number[]): string {
  const head = ['problem', 'sampler', 'seeds', ...budgets.map(String)];
  const cells = rows.map((row) => [
    row.problem,
    row.sampler,
    String(row.runs.length),
    ...budgets.map((_, i) => show(meanAt(row, i))),
  ]);
  return table(head, cells);
}

/** Two whole fronts differ by so little, as their points came in another order. */
const rounding = 1e-12;

/** Where `ours` stands against every other sampler: problems won or level, and those lost by name. */
export function winTable(rows: readonly Row[], budgets: readonly number[], ours: string): string {
  const others = [...new Set(rows.map((r) => r.sampler))].filter((name) => name !== ours);
  const problems = [...new Set(rows.map((r) => r.problem))];
  const find = (problem: string, sampler: string) =>
    rows.find((r) => r.problem === problem && r.sampler === sampler);
  const cells = others.map((other) => [
    other,
    ...budgets.map((_, i) => {
      const lost: string[] = [];
      let compared = 0;
      for (const problem of problems) {
        const [a, b] = [meanAt(find(problem, ours), i), meanAt(find(problem, other), i)];
        if (!a || !b) continue;
        compared++;
        if (a.ratio < b.ratio - rounding) lost.push(problem);
      }
      return `${compared - lost.length} of ${compared}${lost.length > 0 ? `; lost: ${lost.join(', ')}` : ''}`;
    }),
  ]);
  return table([`${ours} against`, ...budgets.map((n) => `at ${n}`)], cells);
}

/** What is missing at the last budget next to half of what the best peer misses. */
export function missingTable(
  rows: readonly Row[],
  budgets: readonly number[],
  ours: string,
  peers: readonly string[],
): string {
  const last = budgets.length - 1;
  const problems = [...new Set(rows.map((r) => r.problem))];
  const cells = problems.flatMap((problem) => {
    const own = meanAt(
      rows.find((r) => r.problem === problem && r.sampler === ours),
      last,
    );
    const best = rows
      .filter((r) => r.problem === problem && peers.includes(r.sampler))
      .flatMap((row) => {
        const found = meanAt(row, last);
        return found ? [{ name: row.sampler, missing: 1 - found.ratio }] : [];
      })
      .toSorted((a, b) => a.missing - b.missing)[0];
    if (!own || !best) return [];
    const missing = 1 - own.ratio;
    const met = missing < 1e-4 || missing <= best.missing / 2;
    return [
      [
        problem,
        missing.toExponential(2),
        `${best.missing.toExponential(2)} (${best.name})`,
        met ? 'met' : 'missed',
      ],
    ];
  });
  return table(['problem', `${ours} misses`, 'best peer misses', 'at most half, or below 1e-4'], cells);
}

/** Processor seconds of all proposals up to a budget, on the machine each was measured on. */
export function timeTable(rows: readonly Row[], budgets: readonly number[]): string {
  const samplers = [...new Set(rows.map((r) => r.sampler))];
  const cells = samplers.map((sampler) => [
    sampler,
    ...budgets.map((_, i) => {
      const all = rows.filter((r) => r.sampler === sampler).flatMap((r) => meanAt(r, i)?.seconds ?? []);
      // Nobody thinks for no time at all: then it was not taken.
      return all.every((seconds) => seconds === 0)
        ? '-'
        : `${mean(all).toFixed(2)} s over ${all.length} problems`;
    }),
  ]);
  return table(['sampler', ...budgets.map((n) => `to ${n}`)], cells);
}
