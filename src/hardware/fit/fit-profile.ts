/** Makes a profile from measurements: the table, the models for what it does not hold, overhead, band, error. */
import { MixnasError } from '../../base/index.js';
import { type Kernel, kernelKey, kernelOfRow, kernelRow } from '../kernel.js';
import type { MeasuredNetwork, Measurements } from '../measurements.js';
import { createPricer, median } from '../price.js';
import { type Profile, profileVersion } from '../profile.js';
import type { ProfileDescription } from './description.js';
import { fitKernelModels } from './kernel-models.js';
import { relativeFit } from './nnls.js';

/** A network's kernels on one device, with their times where measured, and its end-to-end time. */
export interface Observed {
  readonly name: string;
  readonly family: string;
  readonly kernels: readonly { readonly kernel: Kernel; readonly us: number | undefined }[];
  readonly endToEndUs: number | undefined;
}

/** The part of some measurements that is about one device. @throws MixnasError `bad-data`. */
export function observationsOf(data: Measurements, device: string): Observed[] {
  const column = data.devices.indexOf(device);
  if (column < 0) {
    throw new MixnasError('bad-data', `These measurements have no device ${device}.`, {
      remedy: `They have ${data.devices.join(', ')}.`,
    });
  }
  const kernels = data.kernels.map(({ op, shape }) => kernelOfRow(op, shape));
  return data.networks.map((network: MeasuredNetwork) => ({
    name: network.name,
    family: network.family ?? network.name,
    kernels: network.launches.map(({ kernel, us }) => ({
      kernel: kernels[kernel] as Kernel,
      us: us[column] ?? undefined,
    })),
    endToEndUs: network.endToEndUs?.[column] ?? undefined,
  }));
}

function makeTable(networks: readonly Observed[], kind: Profile['table']['kind']): Profile['table'] {
  const entries = new Map<string, { kernel: Kernel; times: Map<number, number[]> }>();
  networks.forEach((network, index) => {
    for (const { kernel, us } of network.kernels) {
      if (us === undefined) continue;
      const key = kernelKey(kernel);
      const entry = entries.get(key) ?? { kernel, times: new Map<number, number[]>() };
      entries.set(key, entry);
      entry.times.set(index, [...(entry.times.get(index) ?? []), us]);
    }
  });
  return {
    kind,
    models: networks.map((network) => network.name),
    entries: [...entries]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { kernel, times }]) => ({
        op: kernel.op,
        shape: kernelRow(kernel),
        us: [...times.values()].map(median),
        models: [...times.keys()],
      })),
  };
}

function relativeErrors(
  profile: Profile,
  networks: readonly Observed[],
): { error: number; family: string }[] {
  const pricer = createPricer(profile);
  const { scale, perKernelUs, fixedUs } = profile.overhead;
  return networks.flatMap(({ kernels, endToEndUs, family }) => {
    if (endToEndUs === undefined) return [];
    const sum = kernels.reduce((total, { kernel }) => total + pricer.price(kernel).us, 0);
    return [{ error: (scale * sum + perKernelUs * kernels.length + fixedUs) / endToEndUs - 1, family }];
  });
}

/** With fewer measured networks than this, only the scale is fitted. */
const fewestForOverhead = 8;

/** The overhead with which the *priced* kernels come nearest to the end-to-end times. */
function fitOverhead(profile: Profile, networks: readonly Observed[]): Profile['overhead'] {
  const pricer = createPricer(profile);
  const timed = networks.filter((network) => network.endToEndUs !== undefined);
  const sums = timed.map(({ kernels }) =>
    kernels.reduce((total, { kernel }) => total + pricer.price(kernel).us, 0),
  );
  // scale = 1 + x0, so that the overhead is never negative.
  const rows = timed.map(({ kernels }, i) => [sums[i] as number, kernels.length, 1]);
  const times = timed.map((network) => network.endToEndUs as number);
  if (timed.length === 0) return profile.overhead;
  if (timed.length < fewestForOverhead) {
    return {
      ...profile.overhead,
      scale: Math.max(1, median(times.map((us, i) => us / (sums[i] as number)))),
    };
  }
  const [whole = 1] = relativeFit(rows, times);
  if (whole < 1) {
    const rest = timed.map((_, i) =>
      Math.max((times[i] as number) - (sums[i] as number), 1e-3 * (times[i] as number)),
    );
    const [perKernelUs = 0, fixedUs = 0] = relativeFit(
      rows.map((row) => row.slice(1)),
      rest,
    );
    return { scale: 1, perKernelUs, fixedUs };
  }
  const [scale = 1, perKernelUs = 0, fixedUs = 0] = relativeFit(rows, times);
  return { scale, perKernelUs, fixedUs };
}

function fitOnce(
  networks: readonly Observed[],
  head: ProfileDescription,
  kind: Profile['table']['kind'],
): Profile {
  const table = makeTable(networks, kind);
  const timed = table.entries.map(({ op, shape, us }) => ({
    kernel: kernelOfRow(op, shape),
    us: median(us),
  }));
  const bare: Profile = {
    format: 'mixnas-profile',
    version: profileVersion,
    ...head,
    batch: 1,
    overhead: { scale: 1, perKernelUs: 0, fixedUs: 0 },
    band: { network: 0, measured: 0, simulated: 0, interpolated: 0, extrapolated: 0 },
    models: fitKernelModels(timed),
    table,
  };
  return { ...bare, overhead: fitOverhead(bare, networks) };
}

/** The value below which a share of the list lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Errors of networks predicted by a profile that was fitted without any network of their family. */
function leaveFamiliesOut(
  networks: readonly Observed[],
  head: ProfileDescription,
  kind: Profile['table']['kind'],
) {
  const timed = networks.filter((network) => network.endToEndUs !== undefined);
  const families = [...new Set(timed.map((network) => network.family))];
  if (families.length < 3) return [];
  return families.flatMap((family) => {
    const kept = networks.filter((network) => network.family !== family);
    const left = networks.filter((network) => network.family === family);
    return relativeErrors(fitOnce(kept, head, kind), left);
  });
}

/** @throws MixnasError `bad-data` when the measurements hold nothing of this device. */
export function fitProfile(
  data: Measurements,
  head: ProfileDescription,
  device: string = head.name,
): Profile {
  const networks = observationsOf(data, device);
  const kind = data.source.kind;
  const profile = fitOnce(networks, head, kind);
  const errors = leaveFamiliesOut(networks, head, kind);
  if (errors.length === 0) return profile;
  const percent = errors.map(({ error }) => 100 * Math.abs(error));
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const families = [...new Set(errors.map((e) => e.family))];
  return {
    ...profile,
    band: {
      network: quantile(
        errors.map(({ error }) => Math.abs(Math.log1p(error))),
        0.9,
      ),
      measured: 0,
      simulated: 0,
      interpolated: 0,
      extrapolated: 0.5,
    },
    error: {
      leftOut: 'family',
      networks: errors.length,
      mape: mean(percent),
      within10: (100 * percent.filter((p) => p <= 10).length) / percent.length,
      byFamily: Object.fromEntries(
        families.map((family) => [family, mean(percent.filter((_, i) => errors[i]?.family === family))]),
      ),
    },
  };
}
