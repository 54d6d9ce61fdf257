/**
 * How long the indicators take, and how they grow: `npm run bench:indicators`. Medians and
 * least times of several runs in one process; the points are random or lie on a sphere (all of them on
 * the front). The last table adds points one by one, as a run does.
 */
import { createRandom } from '../src/base/index.js';
import {
  type Point,
  coverage,
  createHypervolume,
  epsilonIndicator,
  hypervolume,
  paretoFront,
} from '../src/pareto/index.js';

const random = createRandom('indicators');
const uniform = (objectives: number) => Array.from({ length: objectives }, () => random.next());

/** A point whose distance from (1, 1, ...) is 1: none of them dominates another. */
function onSphere(objectives: number): number[] {
  const direction = Array.from({ length: objectives }, () => Math.abs(random.normal()));
  const length = Math.hypot(...direction);
  return direction.map((x) => 1 - x / length);
}

/** The median and the least of several runs, in milliseconds: on a busy machine they differ. */
function timed(run: () => unknown, times: number): readonly [number, number] {
  const taken = Array.from({ length: times }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  }).toSorted((a, b) => a - b);
  return [taken[times >> 1] as number, taken[0] as number];
}

const show = (what: string, [ms, least]: readonly [number, number], more = '') =>
  console.log(
    `${what.padEnd(52)} ${ms.toFixed(2).padStart(9)} ms (least ${least.toFixed(2).padStart(8)})  ${more}`,
  );

const shapes = { uniform, sphere: onSphere };
for (const [shape, draw] of Object.entries(shapes)) {
  for (const [objectives, count, limitMs] of [
    [2, 10_000, 5],
    [3, 1000, 20],
    [2, 100_000, undefined],
    [3, 10_000, undefined],
    [4, 200, undefined],
    [5, 100, undefined],
  ] as const) {
    const points: Point[] = Array.from({ length: count }, () => draw(objectives));
    const ms = timed(() => hypervolume(points, new Array<number>(objectives).fill(1)), 15);
    const goal = limitMs === undefined ? '' : `goal ${limitMs} ms: ${ms[0] < limitMs ? 'met' : 'missed'}`;
    show(`hypervolume, ${count} points, ${objectives} objectives, ${shape}`, ms, goal);
  }
}

const [a, b] = [onSphere, onSphere].map((draw) => Array.from({ length: 1000 }, () => draw(3)));
show(
  'epsilon indicator, 1000 to 1000, 3 objectives',
  timed(() => epsilonIndicator(a ?? [], b ?? []), 9),
);
show(
  'coverage, 1000 of 1000, 3 objectives',
  timed(() => coverage(a ?? [], b ?? []), 9),
);

console.log('\none by one, with the hypervolume after each:');
for (const objectives of [2, 3, 4]) {
  const count = 100_000;
  const points = Array.from({ length: count }, () => uniform(objectives));
  const reference = new Array<number>(objectives).fill(1);
  const archive = createHypervolume(reference);
  const ms = timed(() => points.forEach((point) => archive.add(point)), 1);
  const whole = timed(
    () =>
      hypervolume(
        paretoFront(points).map((i) => points[i] as Point),
        reference,
      ),
    1,
  );
  const error = Math.abs(archive.value - hypervolume(archive.points, reference));
  show(
    `${count} points, ${objectives} objectives`,
    ms,
    `front of ${archive.points.length}; all at once ${whole[0].toFixed(0)} ms; they differ by ${error.toExponential(0)}`,
  );
}
