/** What a profile of another device says of a network, in the parts that a transfer weighs. */
import { launchedAs } from '../algorithms.js';
import { type Kernel, kernelOps } from '../kernel.js';
import { asListed, busyUs, classScales, createPricer, transferClass } from '../predict/index.js';
import { type Profile, transferClasses } from '../profile/index.js';

/** µs of a network by kind of work, then those that a network costs at all and those of its root. */
export type Parts = readonly number[];
/** Where the last two are. */
export const fixedPart = transferClasses.length;
export const rootPart = fixedPart + 1;

export const totalUs = (parts: Parts) => parts.reduce((a, b) => a + b, 0);

/** A device that is transferred from. */
export interface Source {
  readonly profile: Profile;
  /** What its models say of a network. Its table is not used: other devices' networks are not in it. */
  partsOf(kernels: readonly Kernel[]): Parts;
}

export function createSource(profile: Profile): Source {
  const { overhead, mapping, table } = profile;
  const pricer = createPricer(profile, new Set(table.models));
  const scales = classScales(overhead);
  /** By shape: networks repeat device kernels, and devices are asked about the same networks often. */
  const memo = new Map<Kernel, readonly [part: number, busy: number, scaled: number]>();
  const priced = (kernel: Kernel) => {
    const known = memo.get(kernel);
    if (known !== undefined) return known;
    const launched = launchedAs(asListed(kernel), mapping);
    const busy = busyUs(overhead, pricer.us(launched));
    const scaled = busy * (scales[kernelOps.indexOf(launched.op)] as number);
    const price = [transferClasses.indexOf(transferClass(kernel)), busy, scaled] as const;
    memo.set(kernel, price);
    return price;
  };
  return {
    profile,
    partsOf(kernels) {
      const parts = new Array<number>(rootPart + 1).fill(0);
      let sumUs = 0;
      for (const kernel of kernels) {
        const [part, busy, scaled] = priced(kernel);
        parts[part] = (parts[part] as number) + scaled;
        sumUs += busy;
      }
      parts[fixedPart] = overhead.fixedUs;
      parts[rootPart] = overhead.sqrtUs * Math.sqrt(sumUs);
      return parts;
    },
  };
}
