/** What our model is compared with: simpler ways to predict a network that was left out. */
import { type Kernel, type KernelOp, kernelKey, kernelMacs } from '../kernel.js';
import { priceKernels } from '../network.js';
import type { Profile } from '../profile/index.js';
import { padded } from '../predict/index.js';
import type { Predictive } from './cross-validate.js';
import { makeTable, type Observed, overheadFor, timesOfTable } from './fit-profile.js';
import { fitLinear, type LinearFit, type TimedKernel } from './linear.js';

type Launch = Observed['kernels'][number];

/** Predicts networks by one way to price a launch, with the overhead that suits it. */
function predictive(pricerFor: (times: readonly TimedKernel[]) => (launch: Launch) => number): Predictive {
  return (train) => {
    const price = pricerFor(timesOfTable(makeTable(train, 'measured')));
    const profile = { overhead: overheadFor(train, price) } as Profile;
    return ({ kernels }) => {
      // A device kernel that was launched twice may have two times: each launch is a kernel of its own here.
      const prices = new Map(kernels.map((launch) => [{ ...launch.kernel }, price(launch)]));
      const us = (kernel: Kernel) => prices.get(kernel) as number;
      const pricer = {
        us,
        price: (k: Kernel) => ({ us: us(k), source: 'extrapolated', unmeasured: false }) as const,
      };
      const { us: predictedUs, ...shares } = priceKernels(profile, pricer, [...prices.keys()]);
      return { predictedUs, ...shares };
    };
  };
}

const ratio = (a: number, b: number) => Math.abs(Math.log(a / b));
const distance = (a: Kernel, b: Kernel) =>
  ratio(a.size, b.size) + ratio(a.input, b.input) + ratio(a.output, b.output);

/** The table; else the nearest device kernel of the same class, window and stride. */
const lookupTable = predictive((times) => {
  const exact = new Map(times.map(({ kernel, us }) => [kernelKey(kernel), us]));
  return ({ kernel }) => {
    const known = exact.get(kernelKey(kernel));
    if (known !== undefined) return known;
    const { op, kernel: window, stride } = kernel;
    const alike = times.filter(({ kernel: k }) => k.op === op && k.kernel === window && k.stride === stride);
    const [near] = alike.toSorted((a, b) => distance(a.kernel, kernel) - distance(b.kernel, kernel));
    return near?.us ?? 0;
  };
});

/** A sum of physical terms for each class, without table and trees. */
const roofline = predictive((times) => {
  const fits = new Map<KernelOp, LinearFit>();
  for (const op of new Set(times.map((t) => t.kernel.op))) {
    const own = times.filter((t) => t.kernel.op === op);
    if (own.length >= 4) fits.set(op, fitLinear(own));
  }
  const fastest = Math.min(...times.map(({ kernel, us }) => us / Math.max(1, kernelMacs(padded(kernel)))));
  return ({ kernel }) => fits.get(kernel.op)?.us(kernel) ?? fastest * kernelMacs(kernel);
});

/** The device kernels as they were measured in the very network: what is left is the overhead's error. */
const trueKernels = predictive(
  () =>
    ({ us }) =>
      us ?? 0,
);

/** Each way by its name. */
export const baselines = { 'lookup-table': lookupTable, roofline, 'true-kernel-time': trueKernels } as const;
