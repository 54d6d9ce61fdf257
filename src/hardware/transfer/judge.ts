/** How far off a transfer is on networks that it was not given, and how far it would be with more of them. */
import { createRandom } from '../../base/index.js';
import { nonNegativeLeastSquares } from '../fit/index.js';
import { type Example, fitMix, type Mix, mixedUs } from './mix.js';

/** A way to make a mix of examples. */
export type Mixer = (examples: readonly Example[]) => Mix;

/** Networks that were left out one by one: what was said and what is. */
export interface Judged {
  readonly predictedUs: number;
  readonly measuredUs: number;
}

export function leaveOneOut(examples: readonly Example[], mixer: Mixer): Judged[] {
  return examples.map((left, i) => ({
    predictedUs: mixedUs(mixer(examples.filter((_, j) => j !== i)), left.parts),
    measuredUs: left.us,
  }));
}

/** Mean absolute error in percent. */
export function mapeOf(judged: readonly Judged[]): number {
  return (
    (100 * judged.reduce((sum, j) => sum + Math.abs(j.predictedUs / j.measuredUs - 1), 0)) / judged.length
  );
}

/** The error to expect with as many networks. */
export interface Expected {
  readonly networks: number;
  readonly mape: number;
}

/** Fewer networks than this show no curve. */
export const fewestForCurve = 6;
const leastSize = 3;
const draws = 6;
const further = [5, 10, 20, 40];

/**
 * The learning curve a + b / n of the error over the number of networks, found from smaller shares of those there are.
 * @param seed of the shares that are drawn.
 */
export function expectedErrors(examples: readonly Example[], leftOutMape: number, seed: string): Expected[] {
  const count = examples.length;
  if (count < fewestForCurve) return [];
  const random = createRandom(`transfer/${seed}`);
  const sizes = [...new Set([leastSize, Math.round(count / 2), Math.round((3 * count) / 4)])];
  const points: (readonly [size: number, mape: number])[] = [[count - 1, leftOutMape]];
  for (const size of sizes.filter((n) => n >= leastSize && n < count - 1)) {
    for (let draw = 0; draw < draws; draw++) {
      const order = examples.map((example) => ({ example, at: random() })).sort((a, b) => a.at - b.at);
      const [given, rest] = [order.slice(0, size), order.slice(size)].map((list) =>
        list.map((o) => o.example),
      );
      const mix = fitMix(given as Example[]);
      const judged = (rest as Example[]).map(({ parts, us }) => ({
        predictedUs: mixedUs(mix, parts),
        measuredUs: us,
      }));
      points.push([size, mapeOf(judged)]);
    }
  }
  // The error that is stated counts as much as all draws of a size.
  const weightOf = (i: number) => (i === 0 ? Math.sqrt(draws) : 1);
  const [floor = 0, slope = 0] = nonNegativeLeastSquares(
    points.map(([size], i) => [weightOf(i), weightOf(i) / size]),
    points.map(([, mape], i) => weightOf(i) * mape),
  );
  return further.map((more) => ({
    networks: more,
    mape: Math.min(leftOutMape, floor + slope / (count + more)),
  }));
}
