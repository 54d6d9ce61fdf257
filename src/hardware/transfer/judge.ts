/** How far off a transfer is on networks that it was not given, and how far it would be with more of them. */
import { createRandom } from '../../base/index.js';
import { nonNegativeLeastSquares } from '../fit/index.js';
import { type Example, fewestToBelieve, fitMix, meanMix, type Mix, mixedUs, nearestMix } from './mix.js';

/** A way to make a mix of examples. */
type Mixer = (examples: readonly Example[]) => Mix;

/** Networks that were left out one by one: what was said and what is. */
export interface Judged {
  readonly predictedUs: number;
  readonly measuredUs: number;
}

function leaveOneOut(examples: readonly Example[], mixer: Mixer): Judged[] {
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

/** Networks below which none can be left out. */
const fewestToLeave = 3;

/** `scaled`: the nearest device; `mean`: all of them at equal shares. Neither has factors of its own. */
export type Method = 'mixture' | 'scaled' | 'mean';

/** The mix of some networks, and what it was judged by. */
export interface Chosen {
  readonly mix: Mix;
  /** The way that was nearest to networks left out. */
  readonly method: Method;
  /** Networks left out, by each way that was tried; absent where there are too few. */
  readonly leftOut?: Readonly<Partial<Record<Method, readonly Judged[]>>> & {
    readonly mixture: readonly Judged[];
    readonly scaled: readonly Judged[];
  };
}

/** By what factor one device has to be nearer than the mixture where networks are few: it was chosen by so few, too. */
const clearly = 2;

/**
 * The mixture, unless one device or the mean of all, scaled, is nearer to networks that are left out; where there are few, only
 * a device that is clearly nearer, as the twin of the new one would be.
 */
export function judgedMix(examples: readonly Example[]): Chosen {
  if (examples.length < fewestToLeave) return { mix: fitMix(examples), method: 'mixture' };
  const leftOut = {
    mixture: leaveOneOut(examples, fitMix),
    scaled: leaveOneOut(examples, nearestMix),
    ...(examples.length >= fewestToBelieve && { mean: leaveOneOut(examples, meanMix) }),
  };
  const lead = examples.length < fewestToBelieve ? clearly : 1;
  const mixers = { mixture: fitMix, scaled: nearestMix, mean: meanMix };
  const errors = Object.entries(leftOut).map(
    ([name, judged]) => [name as Method, mapeOf(judged) * (name === 'mixture' ? 1 : lead)] as const,
  );
  const [method] = errors.reduce((best, other) => (other[1] < best[1] ? other : best));
  return { mix: mixers[method](examples), method, leftOut };
}

/** The error to expect with as many networks. */
export interface Expected {
  readonly networks: number;
  readonly mape: number;
}

/** Fewer networks than this show no curve. */
const fewestForCurve = 6;
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
      const order = random.shuffle([...examples]);
      const mix = fitMix(order.slice(0, size));
      const judged = order.slice(size).map(({ parts, us }) => ({
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
