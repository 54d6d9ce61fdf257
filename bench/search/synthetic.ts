/**
 * Test problems on a grid of levels: ZDT (Zitzler, Deb and Thiele 2000), DTLZ (Deb et al. 2005), C2-DTLZ2
 * (Jain and Deb 2014), CTP (Deb, Pratap and Meyarivan 2001), MW (Ma and Wang 2019), and a made-up cell of categorical choices.
 */
import { createRandom } from '../../src/base/index.js';
import type { Params } from '../../src/search/index.js';
import { type Problem, defineProblem } from './problem.js';

type Vector = readonly number[];

const { PI, abs, atan, cos, exp, sin, sqrt } = Math;
const sum = (values: Vector) => values.reduce((a, b) => a + b, 0);
const names = (n: number) => Array.from({ length: n }, (_, i) => `x${i}`);
const vector = (params: Params): Vector => Object.values(params).map(Number);
const minimised = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ name: `f${i + 1}`, direction: 'minimize' as const }));

/** All vectors of `length` levels. */
function grid(values: Vector, length: number): number[][] {
  return length === 0 ? [[]] : grid(values, length - 1).flatMap((head) => values.map((v) => [...head, v]));
}

interface GridProblem {
  readonly variables: number;
  readonly levels: number;
  readonly objectives: number;
  /** Objective values, then constraint values, met where they are at most 0. */
  readonly f: (x: Vector) => Vector;
  readonly constraints?: number;
  /** On the front: how many first variables are free, and the level of the others. */
  readonly front?: { readonly free: number; readonly rest: number };
}

const onGrid =
  (problem: GridProblem) =>
  (name: string): Problem => {
    const { variables, levels, objectives, f, constraints = 0, front } = problem;
    const values = Array.from({ length: levels }, (_, i) => i / (levels - 1));
    const labels = [
      ...names(objectives).map((_, i) => `f${i + 1}`),
      ...names(constraints).map((_, i) => `g${i + 1}`),
    ];
    const paramsOf = (x: Vector): Params => Object.fromEntries(x.map((v, i) => [`x${i}`, v]));
    const rest = Array.from({ length: variables - (front?.free ?? 0) }, () => front?.rest ?? 0);
    return defineProblem({
      name,
      spec: Object.fromEntries(names(variables).map((n) => [n, values])),
      objectives: minimised(objectives),
      constraints: labels.slice(objectives).map((metric) => ({ metric, max: 0 })),
      evaluate: ({ params }) => {
        const y = f(vector(params));
        return Object.fromEntries(labels.map((label, i) => [label, y[i] as number]));
      },
      ...(front && { optimal: grid(values, front.free).map((x) => paramsOf([...x, ...rest])) }),
    });
  };

const zdt = (g: (rest: Vector) => number, h: (f1: number, g: number) => number) => (x: Vector) => {
  const f1 = x[0] as number;
  const gx = g(x.slice(1));
  return [f1, gx * h(f1, gx)];
};
const zdtG = (rest: Vector) => 1 + (9 * sum(rest)) / rest.length;

/** DTLZ2's sphere: shares of (1 + g) by angles. */
function sphere(x: Vector, m: number, g: number): number[] {
  return Array.from({ length: m }, (_, i) => {
    let f = 1 + g;
    for (let j = 0; j < m - 1 - i; j++) f *= cos(((x[j] as number) * PI) / 2);
    return i === 0 ? f : f * sin(((x[m - 1 - i] as number) * PI) / 2);
  });
}
const dtlz2 = (x: Vector) => sphere(x, 3, sum(x.slice(2).map((v) => (v - 0.5) ** 2)));

function dtlz7(x: Vector): number[] {
  const g = 1 + (9 * sum(x.slice(2))) / (x.length - 2);
  const head = x.slice(0, 2);
  const h = 3 - sum(head.map((f) => (f / (1 + g)) * (1 + sin(3 * PI * f))));
  return [...head, (1 + g) * h];
}

function c2dtlz2(x: Vector): number[] {
  const f = dtlz2(x);
  const squares = sum(f.map((v) => v * v));
  const corners = f.map((v) => (v - 1) ** 2 + squares - v * v - 0.16);
  const middle = sum(f.map((v) => (v - 1 / sqrt(3)) ** 2)) - 0.16;
  return [...f, Math.min(...corners, middle)];
}

const mwG3 = (x: Vector) =>
  1 + sum(x.slice(1).map((v, i) => 2 * (v + ((x[i] as number) - 0.5) ** 2 - 1) ** 2));

function mw3(x: Vector): number[] {
  const f1 = x[0] as number;
  const f2 = mwG3(x) - f1;
  const wave = sin(0.75 * PI * sqrt(2) * (f2 - f1));
  return [f1, f2, f1 + f2 - 1.05 - 0.45 * wave ** 6, 0.85 - f1 - f2 + 0.3 * wave ** 2];
}

function mw7(x: Vector): number[] {
  const g = mwG3(x);
  const f1 = g * (x[0] as number);
  const f2 = g * sqrt(1 - (x[0] as number) ** 2);
  const angle = atan(f2 / f1);
  const r = f1 * f1 + f2 * f2;
  return [
    f1,
    f2,
    r - (1.2 + abs(0.4 * sin(4 * angle) ** 16)) ** 2,
    (1.15 - 0.2 * sin(4 * angle) ** 8) ** 2 - r,
  ];
}

/** CTP2 (Deb, Pratap and Meyarivan 2001) on ZDT1: the front is cut into pieces by a constraint. */
function czdt1(x: Vector): number[] {
  const [f1 = 0, f2 = 0] = zdt(zdtG, (f, g) => 1 - sqrt(f / g))(x);
  const theta = -0.2 * PI;
  const across = cos(theta) * (f2 - 1) - sin(theta) * f1;
  const along = sin(theta) * (f2 - 1) + cos(theta) * f1;
  return [f1, f2, 0.2 * abs(sin(10 * PI * along)) ** 6 - across];
}

interface CellOptions {
  /** Accuracy alone. */
  readonly single?: boolean;
  /** A limit on the latency that this share of the space meets; known only once evaluated. */
  readonly feasible?: number;
}

/**
 * A cell of six edges with one of five operations each: accuracy has effects of single choices and of
 * pairs and saturates, latency is mostly additive. All of them drawn from a seed.
 */
const cell =
  (seed: string, { single = false, feasible }: CellOptions) =>
  (name: string): Problem => {
    const edges = 6;
    const operations = 5;
    const random = createRandom(seed);
    const draw = (count: number, scale: number) =>
      Array.from({ length: count }, () => scale * random.normal());
    const alone = names(edges).map(() => draw(operations, 1));
    const pairs = names(edges * edges).map(() => draw(operations * operations, 0.5));
    const cost = draw(operations, 1).map(exp);
    const place = draw(edges, 0.3).map(exp);
    const evaluate = ({ params }: { readonly params: Params }) => {
      const ops = Object.values(params).map((v) => Number(String(v).slice(2)));
      let score = 0;
      let latencyMs = 0.5;
      ops.forEach((a, i) => {
        score += alone[i]?.[a] as number;
        latencyMs += (cost[a] as number) * (place[i] as number) * (i > 0 && ops[i - 1] === a ? 0.8 : 1);
        ops.slice(0, i).forEach((b, j) => {
          score += pairs[i * edges + j]?.[a * operations + b] as number;
        });
      });
      return { accuracy: 94 - 60 / (1 + exp(1 + score / 2)), latencyMs };
    };
    const accuracy = { name: 'accuracy', direction: 'maximize' } as const;
    const latency = { name: 'latencyMs', direction: 'minimize' } as const;
    const choices = Array.from({ length: operations }, (_, i) => `op${i}`);
    const spec = Object.fromEntries(names(edges).map((n) => [n, choices]));
    const limit = () => {
      const all = grid([0, 1, 2, 3, 4], edges).map((ops) => {
        return evaluate({ params: Object.fromEntries(ops.map((op, i) => [`x${i}`, `op${op}`])) }).latencyMs;
      });
      return all.toSorted((a, b) => a - b)[Math.floor(all.length * (feasible ?? 1))] as number;
    };
    return defineProblem({
      name,
      spec,
      objectives: single ? [accuracy] : [accuracy, latency],
      constraints: feasible === undefined ? [] : [{ metric: 'latencyMs', max: limit() }],
      evaluate,
    });
  };

const zdt4G = (rest: Vector) =>
  1 + 10 * rest.length + sum(rest.map((v) => (10 * v - 5) ** 2 - 10 * cos(4 * PI * (10 * v - 5))));

/** These problems by name; made when they are asked for, since some walk their whole space. */
export const syntheticProblems: Readonly<Record<string, (name: string) => Problem>> = {
  zdt1: onGrid({
    variables: 8,
    levels: 11,
    objectives: 2,
    f: zdt(zdtG, (f1, g) => 1 - sqrt(f1 / g)),
    front: { free: 1, rest: 0 },
  }),
  // As many values a parameter as a numeric space usually has.
  'zdt1-31': onGrid({
    variables: 8,
    levels: 31,
    objectives: 2,
    f: zdt(zdtG, (f1, g) => 1 - sqrt(f1 / g)),
    front: { free: 1, rest: 0 },
  }),
  zdt3: onGrid({
    variables: 8,
    levels: 21,
    objectives: 2,
    f: zdt(zdtG, (f1, g) => 1 - sqrt(f1 / g) - (f1 / g) * sin(10 * PI * f1)),
    front: { free: 1, rest: 0 },
  }),
  // Quarter steps, so that the grid sees the local fronts.
  zdt4: onGrid({
    variables: 5,
    levels: 41,
    objectives: 2,
    f: zdt(zdt4G, (f1, g) => 1 - sqrt(f1 / g)),
    front: { free: 1, rest: 0.5 },
  }),
  czdt1: onGrid({ variables: 5, levels: 11, objectives: 2, constraints: 1, f: czdt1 }),
  dtlz2: onGrid({ variables: 7, levels: 11, objectives: 3, f: dtlz2, front: { free: 2, rest: 0.5 } }),
  dtlz7: onGrid({ variables: 7, levels: 11, objectives: 3, f: dtlz7, front: { free: 2, rest: 0 } }),
  c2dtlz2: onGrid({ variables: 5, levels: 11, objectives: 3, constraints: 1, f: c2dtlz2 }),
  mw3: onGrid({ variables: 5, levels: 11, objectives: 2, constraints: 2, f: mw3 }),
  mw7: onGrid({ variables: 5, levels: 11, objectives: 2, constraints: 2, f: mw7 }),
  cell: cell('cell 1', {}),
  'cell-single': cell('cell 2', { single: true }),
  'cell-tight': cell('cell 3', { feasible: 0.15 }),
};
