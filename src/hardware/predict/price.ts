/** The latency of one device kernel: the table where it has the kernel, else the fitted model of its class. */
import { MixnasError, median, unreachable } from '../../base/index.js';
import { launchedAs, nearestWinograd } from '../algorithms.js';
import { type Kernel, type KernelOp, type KernelRow, kernelKey, kernelRow, rowKey } from '../kernel.js';
import type { KernelModel, Profile } from '../profile/index.js';
import { createMixture } from './mixture.js';
import { createSurface } from './surface.js';
import { padded, termValue } from './terms.js';

/** Where a device kernel's latency comes from. */
export type Source = 'measured' | 'simulated' | 'interpolated' | 'extrapolated';

export interface Price {
  readonly us: number;
  readonly source: Source;
  /** Nobody measured this class, this window (or both a smaller and a larger one) or this dilation. */
  readonly unmeasured: boolean;
}

/** Prices device kernels for one profile. */
export interface Pricer {
  /** @throws MixnasError `bad-profile` when the profile knows nothing of this class of device kernel. */
  price(kernel: Kernel): Price;
  /** The time alone. */
  us(kernel: Kernel): number;
}

/** What of a profile prices device kernels that the table does not hold. */
type Modelled = Pick<Profile, 'name' | 'mapping' | 'models'>;

/** A function from device kernel to µs for one class's model. */
function createModel(profile: Modelled, op: KernelOp): (kernel: Kernel) => number {
  const model: KernelModel | undefined = profile.models[op];
  if (model === undefined) {
    throw new MixnasError('bad-profile', `Profile ${profile.name} cannot price a kernel of class ${op}.`, {
      remedy: 'Measure some and make the profile again with `mixnas profile tune`.',
    });
  }
  switch (model.kind) {
    case 'as': {
      const other = createModel(profile, model.op);
      return (kernel) => other({ ...kernel, op: model.op });
    }
    case 'linear':
      return (kernel) => {
        const whole = padded(kernel);
        let us = 0;
        for (const [name, weight] of model.terms) us += weight * termValue(name, whole);
        return us;
      };
    case 'surface': {
      const surface = createSurface(model);
      return (kernel) => surface(kernel) + model.fusedUs * termValue('fused', padded(kernel));
    }
    default:
      return unreachable(model);
  }
}

/**
 * Prices device kernels by the models alone, whatever the table says; a class's model is built when first asked.
 * Each is monotone; where a larger convolution goes to a faster kind of kernel, the smaller one costs no more than
 * the nearest of that kind, so that the whole is monotone too.
 */
function createModels(profile: Modelled): (kernel: Kernel) => number {
  const { winograd } = profile.mapping;
  const built = new Map<KernelOp, (kernel: Kernel) => number>();
  const own = (kernel: Kernel) => {
    let model = built.get(kernel.op);
    if (model === undefined) built.set(kernel.op, (model = createModel(profile, kernel.op)));
    return model(kernel);
  };
  const direct = (kernel: Kernel): number => {
    const us = own({ ...kernel, op: 'conv' });
    if (winograd === undefined || kernel.stride !== 1 || kernel.dilation !== 1) return us;
    if (kernel.kernel <= 3) return Math.min(us, own(nearestWinograd(kernel, winograd)));
    return Math.max(us, ofClass(launchedAs({ ...kernel, op: 'conv', kernel: 3 }, profile.mapping)));
  };
  const ofClass = (kernel: Kernel): number => {
    if (kernel.op === 'conv') return direct(kernel);
    return kernel.op === 'small-conv' ? Math.min(own(kernel), direct(kernel)) : own(kernel);
  };
  return ofClass;
}

/** Whether device kernels of this class were timed, as opposed to borrowed from another or fitted from networks. */
function measuredClass(profile: Modelled, op: KernelOp): boolean {
  const model = profile.models[op];
  return model !== undefined && model.kind !== 'as' && model.points > 0;
}

/** Windows that whole networks had, where a class was fitted to such. */
function windowsOf({ models }: Pick<Profile, 'models'>, op: KernelOp): readonly number[] | undefined {
  const model = models[op];
  return model?.kind === 'linear' ? model.windows : undefined;
}

/**
 * Whether the data surround a shape: for each of the 8 directions of (size, channels in, channels out) some known
 * device kernel of the same window, stride, dilation and groups lies that way or level with it.
 */
function surrounded(known: readonly KernelRow[], [size, input, output]: KernelRow): boolean {
  let seen = 0;
  for (const [s, i, o] of known) {
    for (let corner = 0; corner < 8; corner++) {
      const way = (corner & 1 ? s >= size : s <= size) && (corner & 2 ? i >= input : i <= input);
      if (way && (corner & 4 ? o >= output : o <= output)) seen |= 1 << corner;
    }
  }
  return seen === 255;
}

/** Device kernels of one class that differ in size and channels only; groups count as one or many. */
function likeness(op: string, [, , , kernel, stride, dilation, groups]: KernelRow): string {
  return `${op} ${kernel} ${stride} ${dilation} ${groups > 1}`;
}

/** What a table reaches to. */
interface Extent {
  /** Shapes by their likeness. */
  readonly alike: ReadonlyMap<string, KernelRow[]>;
  /** The smallest and largest measured window of each class and dilation. */
  readonly windows: ReadonlyMap<string, readonly [least: number, most: number]>;
}

function extentOf({ entries }: Profile['table']): Extent {
  const alike = new Map<string, KernelRow[]>();
  const windows = new Map<string, [least: number, most: number]>();
  for (const { op, shape } of entries) {
    const family = `${op} ${shape[5]}`;
    const [least, most] = windows.get(family) ?? [shape[3], shape[3]];
    windows.set(family, [Math.min(least, shape[3]), Math.max(most, shape[3])]);
    const group = likeness(op, shape);
    const others = alike.get(group);
    if (others) others.push(shape);
    else alike.set(group, [shape]);
  }
  return { alike, windows };
}

/**
 * @param ignore models whose table entries are not used: they are what is being tested. The fitted model has seen
 *   their device kernels all the same, so these count where it is asked what the data surround.
 */
export function createPricer(profile: Profile, ignore: ReadonlySet<string> = new Set()): Pricer {
  const { table } = profile;
  const known = new Map<string, readonly number[]>();
  for (const { op, shape, us, models } of table.entries) {
    const used =
      ignore.size === 0 ? us : us.filter((_, i) => !ignore.has(table.models[models[i] as number] as string));
    if (used.length > 0) known.set(rowKey(op, shape), used);
  }
  const timeOf = (kernel: Kernel): number | undefined => {
    const times = known.get(kernelKey(kernel));
    return times && median(times);
  };
  let built: Extent | undefined;
  const modelUs = profile.mixture ? createMixture(profile.mixture, createModels) : createModels(profile);
  // What was measured of a mixture's largest part is known, as far as that device is like this one.
  const basis: Modelled = { ...profile, ...profile.mixture?.parts[0] };
  const tableSource: Source = table.kind === 'scaled' ? 'extrapolated' : table.kind;
  return {
    us: (kernel) => timeOf(kernel) ?? modelUs(kernel),
    price(kernel) {
      const exact = timeOf(kernel);
      if (exact !== undefined) return { us: exact, source: tableSource, unmeasured: false };
      const shape = kernelRow(kernel);
      const windows = windowsOf(basis, kernel.op);
      if (windows !== undefined) {
        const known = windows.includes(kernel.kernel) && kernel.dilation === 1;
        return { us: modelUs(kernel), source: known ? 'interpolated' : 'extrapolated', unmeasured: !known };
      }
      const own = measuredClass(basis, kernel.op);
      const { alike, windows: reach } = (built ??= extentOf(table));
      const inside = own && surrounded(alike.get(likeness(kernel.op, shape)) ?? [], shape);
      const [least, most] = reach.get(`${kernel.op} ${kernel.dilation}`) ?? [1, 0];
      const beyond = kernel.kernel < least || kernel.kernel > most;
      return {
        us: modelUs(kernel),
        source: inside ? 'interpolated' : 'extrapolated',
        unmeasured: !own || beyond,
      };
    },
  };
}
