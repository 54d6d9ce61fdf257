import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { createHypervolume, hypervolume, paretoFront } from '../../pareto/index.js';
import { createStudy, discreteSpace } from '../index.js';
import type { Candidate } from '../candidates.js';
import { evaluateSmall, smallSpace, twoObjectives } from '../test-helpers/small-space.js';
import { createAcquisition } from './acquisition.js';
import { decay } from './decay.js';
import { createProgress, drawDirection } from './direction.js';
import { fitHyper, negativeLogLikelihood } from './fit.js';
import { createGaussianProcess } from './gaussian-process.js';
import { createImprovement, cutBoxes } from './improvement.js';
import { createCodebook, createJointBook } from './codebook.js';
import { columnDistance } from './distances.js';
import { createKernel } from './kernel.js';
import { normalCdf } from './normal.js';
import { withoutRounding } from './rounding.js';
import { createScale } from './scale.js';
import { createSurrogate, limitScale } from './surrogate.js';
import { type Outcome, createTrust } from './trust.js';

const space = discreteSpace(smallSpace);

/** Random points of the small space with their latency, standardised roughly. */
function sample(count: number, seed: string) {
  const random = createRandom(seed);
  const genomes = Array.from({ length: count }, () => space.random(random));
  const y = Float64Array.from(genomes, (g) => (evaluateSmall(space.params(g)).latencyMs - 5) / 3);
  return { features: genomes.map((g) => space.features(g)), y };
}

test('the gradient of the likelihood agrees with finite differences', () => {
  const { features, y } = sample(14, 'gradient');
  const book = createCodebook(space.columns);
  const points = features.map((row) => book.encode(row));
  const random = createRandom('theta');
  const theta = Float64Array.from({ length: book.count + book.categories + 3 }, () => random.normal() - 1);
  const { gradient } = negativeLogLikelihood(book, theta, points, y);
  for (let k = 0; k < theta.length; k++) {
    const lossAt = (shift: number) => {
      const moved = theta.slice();
      moved[k] = (theta[k] as number) + shift;
      return negativeLogLikelihood(book, moved, points, y).loss;
    };
    expect(gradient[k]).toBeCloseTo((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5, 4);
  }
});

test('a fitted process predicts unseen points far better than their mean does', () => {
  const { features, y } = sample(80, 'train');
  const unseen = sample(200, 'unseen');
  const book = createJointBook(space.columns);
  const kernel = createKernel(book, fitHyper(space.columns, features, y));
  const process = createGaussianProcess(kernel, book.count, 8);
  for (const row of features) process.add(book.encode(row));
  process.condition(y);
  let error = 0;
  let spread = 0;
  unseen.features.forEach((row, i) => {
    error += (process.posteriorBound(book.encode(row)).mean - (unseen.y[i] as number)) ** 2;
    spread += (unseen.y[i] as number) ** 2;
  });
  expect(error / spread).toBeLessThan(0.05);
});

test('what is smooth over long lists of numbers is learnt from a few dozen points', () => {
  const levels = Array.from({ length: 21 }, (_, i) => i / 20);
  const smooth = discreteSpace({ a: levels, b: levels, c: levels, d: levels });
  const random = createRandom('smooth');
  const draw = (count: number) =>
    Array.from({ length: count }, () => {
      const genome = smooth.random(random);
      const [a, b, c, d] = Object.values(smooth.params(genome)).map(Number) as [
        number,
        number,
        number,
        number,
      ];
      const y = Math.sin(3 * a * b) + (c - 0.3) ** 2 * 2 - d * a;
      return { features: smooth.features(genome), y };
    });
  const [known, unseen] = [draw(30), draw(200)];
  const mean = known.reduce((sum, { y }) => sum + y, 0) / known.length;
  const y = Float64Array.from(known, (point) => (point.y - mean) / 0.5);
  const book = createJointBook(smooth.columns);
  const hyper = fitHyper(
    smooth.columns,
    known.map((point) => point.features),
    y,
  );
  const process = createGaussianProcess(createKernel(book, hyper), book.count, 8);
  for (const { features } of known) process.add(book.encode(features));
  process.condition(y);
  let error = 0;
  let spread = 0;
  for (const { features, y: value } of unseen) {
    const truth = (value - mean) / 0.5;
    error += (process.posteriorBound(book.encode(features)).mean - truth) ** 2;
    spread += truth ** 2;
  }
  expect(error / spread).toBeLessThan(0.17);
});

test('a process that grew, was cut back and grew again equals a fresh one to the bit', () => {
  const { features, y } = sample(30, 'grow');
  const book = createJointBook(space.columns);
  const hyper = fitHyper(space.columns, features.slice(0, 12), y.slice(0, 12));
  const make = (capacity: number) => createGaussianProcess(createKernel(book, hyper), book.count, capacity);
  const rows = features.map((row) => book.encode(row));
  const [grown, fresh] = [make(4), make(64)];
  for (const row of rows.slice(0, 20)) grown.add(row);
  grown.truncate(9);
  for (const row of rows.slice(9)) grown.add(row);
  for (const row of rows) fresh.add(row);
  for (const process of [grown, fresh]) process.condition(y);
  for (const row of sample(20, 'probe').features) {
    const [a, b] = [grown.posteriorBound(book.encode(row)), fresh.posteriorBound(book.encode(row))];
    expect(a).toEqual(b);
    const bound = a.deviation;
    const deviation = grown.deviation(a);
    expect(deviation).toBe(fresh.deviation(b));
    expect(deviation).toBeLessThanOrEqual(bound + 1e-9);
  }
});

test('columns read together give the covariances that each by itself adds up to, also for values seen later', () => {
  const { features, y } = sample(20, 'together');
  const book = createJointBook(space.columns);
  expect(book.count).toBeLessThan(space.columns.length);
  const kernel = createKernel(book, fitHyper(space.columns, features, y));
  const { hyper } = kernel;
  const rows = features.map((row) => book.encode(row));
  const flat = Uint16Array.from(rows.flatMap((codes) => [...codes]));
  const found = new Float64Array(rows.length);
  const count = space.columns.length;
  features.forEach((a, i) => {
    kernel.covariances(rows[i] as Uint16Array, flat, rows.length, found);
    features.forEach((b, j) => {
      const apart = Array.from(a, (value, c) => columnDistance(book.single, hyper, c, value, b[c] as number));
      const r = Math.sqrt(5 * apart.reduce((sum, t) => sum + t, 0));
      const alike = apart.reduce((sum, t) => sum + 1 / (count * (1 + count * t)), 0);
      const expected = hyper.signal * (1 + r + (r * r) / 3) * Math.exp(-r) + hyper.additive * alike;
      expect(found[j]).toBeCloseTo(expected, 9);
    });
  });
});

test('the decay is the exponential', () => {
  expect(decay(0)).toBe(1);
  for (let r = 0; r < 31; r += 0.0137) {
    expect(Math.abs(decay(r) / Math.exp(-r) - 1)).toBeLessThan(1e-11);
  }
  for (const r of [32, 700, Infinity]) expect(decay(r)).toBe(0);
  expect(decay(NaN)).toBeNaN();
});

test('a posterior bound around a centre equals the one without it', () => {
  const { features, y } = sample(40, 'around');
  const book = createJointBook(space.columns);
  const process = createGaussianProcess(
    createKernel(book, fitHyper(space.columns, features, y)),
    book.count,
    8,
  );
  const codesOf = (genome: Uint8Array | Uint16Array) => book.encode(space.features(genome));
  const centre = space.random(createRandom('centre'));
  const centreCodes = codesOf(centre);
  for (const [i, row] of features.entries()) {
    process.add(book.encode(row));
    if (i < 38) continue;
    process.condition(y.slice(0, i + 1));
    for (const neighbour of space.neighbours(centre)) {
      const alone = process.posteriorBound(codesOf(neighbour));
      const near = process.posteriorBound(codesOf(neighbour), centreCodes);
      expect(near.mean).toBeCloseTo(alone.mean, 10);
      expect(near.deviation).toBeCloseTo(alone.deviation, 8);
      expect(process.deviation(near)).toBeCloseTo(process.deviation(alone), 8);
    }
  }
});

const points = (objectives: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives }), {
    maxLength: 12,
  });

test('the improvement of a known point is what it adds to the hypervolume, in 1 to 4 objectives', () => {
  const problem = fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(points(n), points(n)));
  fc.assert(
    fc.property(problem, ([front, others]) => {
      const reference = (front[0] ?? others[0] ?? [0]).map(() => 6);
      const improvement = createImprovement(cutBoxes(front, reference));
      const before = hypervolume(front, reference);
      for (const p of others) {
        const posteriors = p.map((mean) => ({ mean, deviation: 0 }));
        expect(improvement(posteriors)).toBeCloseTo(hypervolume([...front, p], reference) - before, 8);
      }
    }),
    { numRuns: 60 },
  );
});

test('the expected improvement equals Monte Carlo within its error', () => {
  const random = createRandom('ehvi');
  const front = [
    [0.1, 0.8, 0.5],
    [0.4, 0.4, 0.4],
    [0.7, 0.2, 0.6],
    [0.3, 0.6, 0.1],
  ];
  for (const objectives of [2, 3]) {
    const cut = front.map((p) => p.slice(0, objectives));
    const reference = new Array<number>(objectives).fill(1);
    const archive = createHypervolume(reference);
    for (const p of cut) archive.add(p);
    const posteriors = [0.35, 0.45, 0.3]
      .slice(0, objectives)
      .map((mean, k) => ({ mean, deviation: 0.1 + 0.1 * k }));
    const draws = 40_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < draws; i++) {
      const gain = archive.gain(posteriors.map((b) => b.mean + b.deviation * random.normal()));
      sum += gain;
      squares += gain * gain;
    }
    const mean = sum / draws;
    const error = Math.sqrt((squares / draws - mean * mean) / draws);
    const expected = createImprovement(cutBoxes(cut, reference))(posteriors);
    expect(Math.abs(expected - mean)).toBeLessThan(4 * error);
  }
});

test('after 45 trials the model misses less of the front than half of what random search misses', () => {
  const reference = { accuracy: 0, latencyMs: 12 };
  const whole = [...space.enumerate()].map((g) => evaluateSmall(space.params(g)));
  const best = hypervolume(
    whole.map((m) => [-m.accuracy, m.latencyMs]),
    [0, 12],
  );
  const missing = (sampler: 'auto' | 'random') => {
    const seeds = [1, 2, 3];
    const found = seeds.map((seed) => {
      const study = createStudy({ space: smallSpace, objectives: twoObjectives, sampler, seed });
      for (let i = 0; i < 45; i++) {
        const trial = study.ask();
        study.tell(trial.id, evaluateSmall(trial.params));
      }
      return study.hypervolume(reference);
    });
    return best - found.reduce((a, b) => a + b) / seeds.length;
  };
  expect(missing('auto')).toBeLessThan(missing('random') / 2);
});

test('the more points share the least value, the less improvement is expected below it', () => {
  const most = [4, 5, 6, 7, 8, 9];
  const improvementOf = (values: readonly number[]) => {
    const scale = createScale('power', values);
    const improvement = createImprovement(cutBoxes([[1, 1]], [10, 10]), [scale, undefined]);
    const posterior = { mean: scale.to(1), deviation: 0.1 };
    // What is gained where the value at the first knot is known, and what is expected below it.
    return improvement([posterior, { mean: 2, deviation: 0 }]);
  };
  const [alone, shared, byRounding] = [
    [1, 2, 3, ...most],
    [1, 1, 1, 1, ...most],
    [1, 1, 1 + 1e-13, 1, ...most],
  ].map(improvementOf) as [number, number, number];
  expect(alone).toBeGreaterThan(0.01);
  expect(shared).toBeGreaterThan(0);
  expect(shared).toBeLessThan(alone / 2);
  expect(byRounding).toBe(shared);
});

test('a direction expects less beyond a best that many share', () => {
  const most = [4, 5, 6, 7, 8, 9];
  const beyondOf = (values: readonly number[], best: number) => {
    const scale = createScale('power', values);
    const { ideal } = drawDirection([Float64Array.of(best), Float64Array.of(5)], [scale], createRandom(1));
    return scale.to(best) - (ideal[0] as number);
  };
  expect(beyondOf([1, 2, 3, ...most], 1)).toBeCloseTo(1, 12);
  expect(beyondOf([1, 1, 1, 1, ...most], 1)).toBeCloseTo(1 / 4, 12);
  expect(beyondOf([1, 1, 1, 1, ...most], 1 - 1e-13)).toBeCloseTo(1 / 4, 12);
  expect(beyondOf([1, 1, 1, 1, ...most], 0.5)).toBeCloseTo(1, 12);
});

test('costs that differ by rounding alone are equal, others stay as they are', () => {
  const points = [
    [0, 1.2],
    [6e-17, 1],
    [4e-33, 1.4],
    [0.3, 0.9],
    [0.1 + 0.2, 0.8],
    [0.31, -2],
  ].map((costs) => Float64Array.from(costs));
  const cleaned = withoutRounding(points);
  expect(cleaned.map(([a]) => a)).toEqual([0, 0, 0, 0.3, 0.3, 0.31]);
  expect(cleaned.map(([, b]) => b)).toEqual(points.map(([, b]) => b));
  expect(paretoFront(points).length).toBe(5);
  expect(paretoFront(cleaned).length).toBe(3);
  expect(withoutRounding([])).toEqual([]);
});

test('the expected progress in a direction equals Monte Carlo within its error', () => {
  const random = createRandom('progress');
  const kinds = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const front = Array.from({ length: 4 }, () => Float64Array.of(random.normal(), random.normal()));
    const direction = drawDirection(front, [undefined, undefined], random);
    kinds.add(direction.by);
    const [a = 0, b = 0] = direction.weights;
    expect(Math.min(a, b)).toBeGreaterThanOrEqual(0);
    const [idealA = 0, idealB = 0] = direction.ideal;
    expect(idealA).toBeLessThan(Math.min(...front.map((c) => c[0] as number)));
    expect(idealB).toBeLessThan(Math.min(...front.map((c) => c[1] as number)));
    const distance = (x: number, y: number) => {
      const [ofA, ofB] = [a * (x - idealA), b * (y - idealB)];
      return direction.by === 'sum' ? ofA + ofB : Math.max(ofA, ofB);
    };
    const distances = front.map((c) => distance(c[0] as number, c[1] as number));
    expect(direction.least).toBeCloseTo(Math.min(...distances), 12);
    const posteriors = [
      { mean: random.normal() - 1, deviation: 0.7 },
      { mean: random.normal() - 1, deviation: 0 },
    ] as const;
    let sum = 0;
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const x = posteriors[0].mean + posteriors[0].deviation * random.normal();
      sum += Math.max(0, direction.least - distance(x, posteriors[1].mean));
    }
    expect(Math.abs(createProgress(direction)(posteriors) - sum / draws)).toBeLessThan(0.03 * (a + 1));
  }
  expect(kinds.size).toBe(2);
});

test('where predictions have held, a process is surer of itself than where they have not', () => {
  const line = discreteSpace({ x: Array.from({ length: 60 }, (_, i) => i), side: ['calm', 'wild'] });
  const book = createJointBook(line.columns);
  const random = createRandom('calibration');
  const codesOf = (x: number, side: number) =>
    book.encode(line.features(line.canonical([x, side]) as Uint8Array));
  const rows = Array.from({ length: 60 }, (_, i) => ({ x: (i * 7) % 60, side: i % 2 }));
  const y = Float64Array.from(rows, ({ side }) => (side === 0 ? 0 : random.normal()));
  const codes = rows.map(({ x, side }) => codesOf(x, side));
  const columns = line.columns.map(({ kind, name }) => (kind === 'number' ? 30 : name === 'side' ? 2 : 0.01));
  const hyper = {
    inverseSquaredLengthscale: Float64Array.from(columns),
    category: new Float64Array(book.single.categories).fill(1),
    signal: 1,
    additive: 0.1,
    noise: 0.01,
  };
  const process = createGaussianProcess(createKernel(book, hyper), book.count, 100);
  for (const row of codes) process.add(row);
  process.condition(y);
  const calibrationAt = (side: number) => process.posteriorBound(codesOf(31, side)).calibration;
  const deviationAt = (side: number) => process.deviation(process.posteriorBound(codesOf(31, side)));
  expect(calibrationAt(0)).toBeLessThan(0.8);
  expect(calibrationAt(1)).toBeGreaterThan(0.8);
  const tracked = process.track([codesOf(31, 0), codesOf(31, 1)]).posteriors();
  expect(tracked.deviations[0]).toBeCloseTo(deviationAt(0), 4);
  expect(tracked.deviations[1]).toBeCloseTo(deviationAt(1), 4);
});

test('the prediction of a point is its posterior from before the point was added', () => {
  const { features, y } = sample(20, 'foreseen');
  const book = createJointBook(space.columns);
  const kernel = createKernel(book, fitHyper(space.columns, features, y));
  const codes = features.map((row) => book.encode(row));
  const whole = createGaussianProcess(kernel, book.count, 20);
  for (const row of codes) whole.add(row);
  whole.condition(y);
  const growing = createGaussianProcess(kernel, book.count, 20);
  codes.forEach((row, i) => {
    growing.condition(y.slice(0, i));
    const { mean, deviation } = whole.predicted(i);
    const bound = growing.posteriorBound(row);
    expect(mean).toBeCloseTo(bound.mean, 8);
    expect(deviation).toBeCloseTo(growing.deviation(bound) / bound.calibration, 8);
    growing.add(row);
  });
});

test('improvements like those that did not come true are trusted less, others as they are', () => {
  const posteriorsAt = (mean: readonly number[]) => mean.map((m) => ({ mean: m, deviation: 0.3 }));
  const outcome = (predicted: readonly number[], costs: readonly number[], met = true): Outcome => ({
    predicted: posteriorsAt(predicted),
    chance: 1,
    costs: Float64Array.from(costs),
    met,
  });
  const scales = [0, 1].map(() => ({ to: (v: number) => v, from: (v: number) => v, knots: [], ties: 1 }));
  const reference = Float64Array.of(4, 4);
  const front = [outcome([0, 2], [0, 2]), outcome([2, 0], [2, 0])];
  // Ten that promised to go between the two: all lie behind, or break a constraint.
  const behind = Array.from({ length: 10 }, (_, i) =>
    outcome([1, 1], i % 2 === 0 ? [3, 3] : [1, 1], i % 2 === 0),
  );
  const distrusting = createTrust([...front, ...behind], reference, scales);
  expect(distrusting(posteriorsAt([1, 1]))).toBeLessThan(0.1);
  expect(distrusting(posteriorsAt([-5, -5]))).toBeCloseTo(1, 6);
  // As many that went where they promised to, each a little further than the one before.
  const onward = behind.map((_, i) => outcome([1, 1], [1 - i / 20, 1 - i / 20]));
  expect(createTrust([...front, ...onward], reference, scales)(posteriorsAt([1, 1]))).toBeGreaterThan(0.2);
});

test('constraint inflation widens the models of outcome constraints, and changes nothing else', () => {
  const { features, y } = sample(25, 'limit');
  const book = createJointBook(space.columns);
  const rows = features.map((row) => ({ features: row, codes: book.encode(row) }));
  const limit = createSurrogate(space.columns, book, limitScale);
  limit.update(rows, [...y], rows.length, rows.length, []);
  const models = { objectives: [undefined], limits: [limit], knownCost: () => 0.25 };
  const front = [Float64Array.of(0.75)];
  const inflated = createAcquisition(models, front, Float64Array.of(1), { constraintInflation: 4 });
  const plain = createAcquisition(models, front, Float64Array.of(1));
  const candidate = {} as Candidate;
  for (const row of sample(20, 'probe').features) {
    const codes = book.encode(row);
    const posterior = limit.process.posteriorBound(codes);
    const ratio = posterior.mean / limit.process.deviation(posterior);
    const [wide, exact] = [inflated, plain].map((a) => a.value(a.estimate(candidate, codes), 0)) as [
      number,
      number,
    ];
    expect(exact).toBeCloseTo(0.5 * normalCdf(-ratio), 12);
    expect(wide).toBeCloseTo(0.5 * normalCdf(-ratio / 4), 12);
  }
});
