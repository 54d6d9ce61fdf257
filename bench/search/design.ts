/**
 * Published design problems on grids of ordered values: RE suite (Tanabe and Ishibuchi, Applied Soft Computing 2020),
 * welded beam, pressure vessel, speed reducer and spring (Coello 2000, Golinski 1970, Belegundu 1982), and test
 * functions (Ackley 1987, Rosenbrock 1960, Hartmann 1973, Levy in Laguna and Marti 2005). Constraints are told,
 * not priced. Five of them were left out while the sampler was tuned; see `heldOutProblems`.
 */
import { createRandom } from '../../src/base/index.js';
import { costsOf, meetsAll } from '../../src/metrics/index.js';
import { type Params, type Space, discreteSpace } from '../../src/search/index.js';
import { type Problem, measure } from './problem.js';

type Vector = readonly number[];
const { PI, cos, exp, sin, sqrt } = Math;

interface Design {
  /** Ends of each variable. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly levels: number;
  readonly objectives: number;
  /** Objectives, then constraints, met where they are at most 0. */
  readonly f: (x: Vector) => Vector;
  readonly constraints?: number;
  /** Points that hold the whole front, where it is known. */
  readonly optimal?: readonly Vector[];
}

/** Fewer points are all evaluated to know the front; else a climb from the best of many. */
const mostEnumerated = 30_000n;
const samples = 4000;

const design =
  ({ ranges, levels, objectives, f, constraints = 0, optimal }: Design) =>
  (name: string): Problem => {
    const spec = Object.fromEntries(
      ranges.map(([low, high], i) => [
        `x${i}`,
        Array.from({ length: levels }, (_, l) => low + ((high - low) * l) / (levels - 1)),
      ]),
    );
    const space = discreteSpace(spec) as unknown as Space<unknown>;
    const labels = [
      ...Array.from({ length: objectives }, (_, i) => `f${i + 1}`),
      ...Array.from({ length: constraints }, (_, i) => `g${i + 1}`),
    ];
    const evaluate = ({ params }: { readonly params: Params }) => {
      const y = f(Object.values(params).map(Number));
      return Object.fromEntries(labels.map((label, i) => [label, y[i] as number]));
    };
    const goals = labels
      .slice(0, objectives)
      .map((label) => ({ name: label, direction: 'minimize' as const }));
    const limits = labels.slice(objectives).map((metric) => ({ metric, max: 0 }));
    const costs =
      optimal?.map((x) => [...f(x)]) ??
      knownCosts(space, (genome) => {
        const metrics = evaluate({ params: space.params(genome) });
        return meetsAll((metric) => metrics[metric], limits) ? [...costsOf(metrics, goals)] : undefined;
      });
    return {
      name,
      space,
      objectives: goals,
      constraints: limits,
      price: undefined,
      evaluate,
      ...(objectives === 1 ? single(costs) : measure(costs)),
    };
  };

type Genome = Parameters<Space<unknown>['params']>[0];

/** Costs of what is feasible: of the whole space, or of a sample and of what lies uphill from its best. */
function knownCosts(space: Space<unknown>, costOf: (genome: Genome) => number[] | undefined): number[][] {
  if (space.size <= mostEnumerated) {
    return [...space.enumerate()].flatMap((genome) => {
      const cost = costOf(genome);
      return cost ? [cost] : [];
    });
  }
  const random = createRandom('design');
  const found = Array.from({ length: samples }, () => space.random(random)).flatMap((genome) => {
    const cost = costOf(genome);
    return cost ? [{ genome, cost }] : [];
  });
  const all = found.map(({ cost }) => cost);
  const m = all[0]?.length ?? 1;
  const ends = Array.from({ length: m }, (_, k) => {
    const column = all.map((cost) => cost[k] as number).sort((a, b) => a - b);
    return [column[0] as number, (column[column.length - 1] as number) - (column[0] as number)] as const;
  });
  // Climbs by many weightings of the objectives, as their sum and as their maximum, until there is nothing better.
  for (let start = 0; start < (m === 1 ? 40 : 200); start++) {
    const weights = ends.map(() => -Math.log(1 - random.next()));
    const by = start % 2 === 0 ? (a: number, b: number) => a + b : (a: number, b: number) => Math.max(a, b);
    const value = (cost: Vector) =>
      ends
        .map(([least, width], k) => ((weights[k] as number) * ((cost[k] as number) - least)) / (width || 1))
        .reduce(by);
    let at = random.pick(found);
    for (let better = true; better; ) {
      better = false;
      for (const genome of space.neighbours(at.genome)) {
        const cost = costOf(genome);
        if (!cost || value(cost) >= value(at.cost)) continue;
        at = { genome: Uint8Array.from(genome), cost };
        better = true;
      }
    }
    all.push(at.cost);
  }
  return all;
}

/** With one objective: how much of the way from the median of what is feasible to the best. */
function single(costs: readonly (readonly number[])[]) {
  const column = costs.map(([cost]) => cost as number).sort((a, b) => a - b);
  const middle = column[column.length >> 1] as number;
  return { reference: [middle], best: middle - (column[0] as number) };
}

const unit = (count: number, low = 0, high = 1) => Array.from({ length: count }, () => [low, high] as const);
const at = (x: Vector, i: number) => x[i] as number;

function crash([a = 0, b = 0, c = 0, d = 0, e = 0]: Vector): number[] {
  return [
    1640.2823 + 2.3573285 * a + 2.3220035 * b + 4.5688768 * c + 7.7213633 * d + 4.4559504 * e,
    6.5856 +
      1.15 * a -
      1.0427 * b +
      0.9738 * c +
      0.8364 * d -
      0.3695 * a * d +
      0.0861 * a * e +
      0.3628 * b * d -
      0.1106 * a * a -
      0.3437 * c * c +
      0.1764 * d * d,
    -0.0551 +
      0.0181 * a +
      0.1024 * b +
      0.0421 * c -
      0.0073 * a * b +
      0.024 * b * c -
      0.0118 * b * d -
      0.0204 * c * d -
      0.008 * c * e -
      0.0241 * b * b +
      0.0109 * d * d,
  ];
}

function injector([a = 0, b = 0, c = 0, d = 0]: Vector): number[] {
  return [
    0.692 +
      0.477 * a -
      0.687 * b -
      0.08 * c -
      0.065 * d -
      0.167 * a * a -
      0.0129 * b * a +
      0.0796 * b * b -
      0.0634 * c * a -
      0.0257 * c * b +
      0.0877 * c * c -
      0.0521 * d * a +
      0.00156 * d * b +
      0.00198 * d * c +
      0.0184 * d * d,
    0.153 -
      0.322 * a +
      0.396 * b +
      0.424 * c +
      0.0226 * d +
      0.175 * a * a +
      0.0185 * b * a -
      0.0701 * b * b -
      0.251 * c * a +
      0.179 * c * b +
      0.015 * c * c +
      0.0134 * d * a +
      0.0296 * d * b +
      0.0752 * d * c +
      0.0192 * d * d,
    0.37 -
      0.205 * a +
      0.0307 * b +
      0.108 * c +
      1.019 * d -
      0.135 * a * a +
      0.0141 * b * a +
      0.0998 * b * b +
      0.208 * c * a -
      0.0301 * c * b -
      0.226 * c * c +
      0.353 * d * a -
      0.0497 * d * c -
      0.423 * d * d +
      0.202 * b * a * a -
      0.281 * c * a * a -
      0.342 * b * b * a -
      0.245 * b * b * c +
      0.281 * c * c * b -
      0.184 * d * d * a -
      0.281 * b * a * c,
  ];
}

/** Cost and deflection, then shear, bending, geometry and buckling. */
function weldedBeam([h = 0, l = 0, t = 0, b = 0]: Vector): number[] {
  const [load, length, young, shearModulus] = [6000, 14, 30e6, 12e6];
  const moment = load * (length + l / 2);
  const radius = sqrt((l * l) / 4 + ((h + t) / 2) ** 2);
  const polar = 2 * (sqrt(2) * h * l * ((l * l) / 12 + ((h + t) / 2) ** 2));
  const direct = load / (sqrt(2) * h * l);
  const torsion = (moment * radius) / polar;
  const shear = sqrt(direct ** 2 + (direct * torsion * l) / radius + torsion ** 2);
  const bending = (6 * load * length) / (b * t * t);
  const deflection = (4 * load * length ** 3) / (young * t ** 3 * b);
  const buckling =
    ((4.013 * young * sqrt((t * t * b ** 6) / 36)) / (length * length)) *
    (1 - (t / (2 * length)) * sqrt(young / (4 * shearModulus)));
  return [
    1.10471 * h * h * l + 0.04811 * t * b * (14 + l),
    deflection,
    shear / 13600 - 1,
    bending / 30000 - 1,
    h - b,
    1 - buckling / load,
  ];
}

function spring([d = 0, coil = 0, turns = 0]: Vector): number[] {
  return [
    (turns + 2) * coil * d * d,
    1 - (coil ** 3 * turns) / (71785 * d ** 4),
    (4 * coil * coil - d * coil) / (12566 * (coil * d ** 3 - d ** 4)) + 1 / (5108 * d * d) - 1,
    1 - (140.45 * d) / (coil * coil * turns),
    (coil + d) / 1.5 - 1,
  ];
}

function vessel([shell = 0, head = 0, radius = 0, length = 0]: Vector): number[] {
  return [
    0.6224 * shell * radius * length +
      1.7781 * head * radius ** 2 +
      3.1661 * shell ** 2 * length +
      19.84 * shell ** 2 * radius,
    0.0193 * radius - shell,
    0.00954 * radius - head,
    1 - (PI * radius ** 2 * length + (4 / 3) * PI * radius ** 3) / 1_296_000,
  ];
}

/** Weight and stress of the first shaft, then eight of Golinski's constraints. */
function reducer(x: Vector): number[] {
  const [b, m, z, l1, l2, d1, d2] = Array.from({ length: 7 }, (_, i) => at(x, i)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const stress = (l: number, load: number, d: number) =>
    sqrt(((745 * l) / (m * z)) ** 2 + load) / (0.1 * d ** 3);
  return [
    0.7854 * b * m * m * ((10 * z * z) / 3 + 14.933 * z - 43.0934) -
      1.508 * b * (d1 ** 2 + d2 ** 2) +
      7.477 * (d1 ** 3 + d2 ** 3) +
      0.7854 * (l1 * d1 ** 2 + l2 * d2 ** 2),
    stress(l1, 1.69e7, d1),
    27 / (b * m * m * z) - 1,
    397.5 / (b * m * m * z * z) - 1,
    (1.93 * l1 ** 3) / (m * z * d1 ** 4) - 1,
    (1.93 * l2 ** 3) / (m * z * d2 ** 4) - 1,
    (m * z) / 40 - 1,
    b / m / 12 - 1,
    stress(l2, 1.575e8, d2) / 1100 - 1,
    stress(l1, 1.69e7, d1) / 1300 - 1,
  ];
}

function truss([a = 0, b = 0, c = 0, d = 0]: Vector): number[] {
  const root = sqrt(2);
  return [200 * (2 * a + root * b + sqrt(c) + d), 0.01 * (2 / a + (2 * root) / b - (2 * root) / c + 2 / d)];
}

function brake([inner = 0, outer = 0, force = 0, discs = 0]: Vector): number[] {
  // Where both radii are the same there is no disc; the constraints say so.
  const squares = outer ** 2 - inner ** 2 || 1e-9;
  const cubes = outer ** 3 - inner ** 3 || 1e-9;
  return [
    4.9e-5 * squares * (discs - 1),
    (9.82e6 * squares) / (force * discs * cubes),
    20 - (outer - inner),
    force / (3.14 * squares) - 0.4,
    (2.22e-3 * force * cubes) / squares ** 2 - 1,
    1 - (2.66e-2 * force * discs * cubes) / squares / 900,
  ];
}

const ackley = (x: Vector) => [
  20 +
    Math.E -
    20 * exp(-0.2 * sqrt(x.reduce((s, v) => s + v * v, 0) / x.length)) -
    exp(x.reduce((s, v) => s + cos(2 * PI * v), 0) / x.length),
];
const rosenbrock = (x: Vector) => [
  x.slice(1).reduce((s, v, i) => s + 100 * (v - at(x, i) ** 2) ** 2 + (1 - at(x, i)) ** 2, 0),
];
function levy(x: Vector): number[] {
  const w = x.map((v) => 1 + (v - 1) / 4);
  const last = at(w, w.length - 1);
  const middle = w.slice(0, -1).reduce((s, v) => s + (v - 1) ** 2 * (1 + 10 * sin(PI * v + 1) ** 2), 0);
  return [sin(PI * at(w, 0)) ** 2 + middle + (last - 1) ** 2 * (1 + sin(2 * PI * last) ** 2)];
}

const hartmannA = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannP = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const hartmann = (x: Vector) => [
  -[1, 1.2, 3, 3.2].reduce((s, weight, i) => {
    const inner = x.reduce(
      (t, v, j) => t + at(hartmannA[i] as Vector, j) * (v - at(hartmannP[i] as Vector, j)) ** 2,
      0,
    );
    return s + weight * exp(-inner);
  }, 0),
];

/** A speed of told objectives: DTLZ2 with ten variables. */
function sphere(x: Vector): number[] {
  const g = 1 + x.slice(2).reduce((s, v) => s + (v - 0.5) ** 2, 0);
  const [a, b] = [(at(x, 0) * PI) / 2, (at(x, 1) * PI) / 2];
  return [g * cos(a) * cos(b), g * cos(a) * sin(b), g * sin(a)];
}

const beamRanges = [
  [0.125, 5],
  [0.1, 10],
  [0.1, 10],
  [0.125, 5],
] as const;
const reducerRanges = [
  [2.6, 3.6],
  [0.7, 0.8],
  [17, 28],
  [7.3, 8.3],
  [7.3, 8.3],
  [2.9, 3.9],
  [5, 5.5],
] as const;

/** Those by which the sampler was tuned. */
export const tuningProblems = {
  crash: design({ ranges: unit(5, 1, 3), levels: 21, objectives: 3, f: crash }),
  'welded-beam': design({ ranges: beamRanges, levels: 21, objectives: 2, constraints: 4, f: weldedBeam }),
  brake: design({
    ranges: [
      [55, 80],
      [75, 110],
      [1000, 3000],
      [11, 20],
    ],
    levels: 21,
    objectives: 2,
    constraints: 4,
    f: brake,
  }),
  reducer: design({ ranges: reducerRanges, levels: 21, objectives: 2, constraints: 8, f: reducer }),
  spring: design({
    ranges: [
      [0.05, 0.2],
      [0.25, 1.3],
      [2, 15],
    ],
    levels: 51,
    objectives: 1,
    constraints: 4,
    f: spring,
  }),
  hartmann6: design({ ranges: unit(6), levels: 21, objectives: 1, f: hartmann }),
  ackley5: design({ ranges: unit(5, -15, 25), levels: 21, objectives: 1, f: ackley }),
  sphere10: design({
    ranges: unit(10),
    levels: 11,
    objectives: 3,
    f: sphere,
    optimal: Array.from({ length: 121 }, (_, i) => [
      Math.floor(i / 11) / 10,
      (i % 11) / 10,
      ...Array.from({ length: 8 }, () => 0.5),
    ]),
  }),
};

/** Those that were looked at only afterwards. */
export const heldOutProblems = {
  injector: design({ ranges: unit(4), levels: 21, objectives: 3, f: injector }),
  truss: design({
    ranges: [
      [1, 3],
      [sqrt(2), 3],
      [sqrt(2), 3],
      [1, 3],
    ],
    levels: 21,
    objectives: 2,
    f: truss,
  }),
  vessel: design({
    ranges: [
      [0.0625, 6.1875],
      [0.0625, 6.1875],
      [10, 200],
      [10, 200],
    ],
    levels: 21,
    objectives: 1,
    constraints: 3,
    f: vessel,
  }),
  rosenbrock5: design({ ranges: unit(5, -2, 2), levels: 21, objectives: 1, f: rosenbrock }),
  levy6: design({ ranges: unit(6, -9, 11), levels: 21, objectives: 1, f: levy }),
};

export const designProblems: Readonly<Record<string, (name: string) => Problem>> = {
  ...tuningProblems,
  ...heldOutProblems,
};
