/** Makes a profile from measurements: the table, the models for what it does not hold, overhead, band, error. */
import { MixnasError, median } from '../../base/index.js';
import { launchedAs } from '../algorithms.js';
import { type Kernel, kernelKey, kernelOfRow, kernelRow } from '../kernel.js';
import type { MeasuredNetwork, Measurements } from '../measurements.js';
import { createPricer } from '../predict/index.js';
import { type MappingRules, type Profile, profileVersion } from '../profile/index.js';
import { fewestForCpu, fitCpu } from './cpu.js';
import { fewestForNpu, fitNpu } from './npu.js';
import type { ProfileDescription } from './description.js';
import { fitFromNetworks } from './from-networks.js';
import { fitKernelModels } from './kernel-models.js';
import type { TimedKernel } from './linear.js';
import { fitOverhead } from './overhead.js';

/** A network's device kernels on one device, with their times where measured, and its end-to-end time. */
export interface Observed {
  readonly name: string;
  readonly family: string;
  readonly kernels: readonly { readonly kernel: Kernel; readonly us: number | undefined }[];
  readonly endToEndUs: number | undefined;
  readonly peakBytes?: number | undefined;
  /** How much it counts among siblings; 1 where absent. */
  readonly trust?: number | undefined;
}

/**
 * The part of some measurements that is about one device, its device kernels as the rules of a profile have them.
 * @throws MixnasError `bad-data`.
 */
export function observationsOf(data: Measurements, device: string, rules: MappingRules): Observed[] {
  const column = data.devices.indexOf(device);
  if (column < 0) {
    throw new MixnasError('bad-data', `These measurements have no device ${device}.`, {
      remedy: `They have ${data.devices.join(', ')}.`,
    });
  }
  const kernels = data.kernels.map(({ op, shape }) => launchedAs(kernelOfRow(op, shape), rules));
  return data.networks.map((network: MeasuredNetwork) => ({
    name: network.name,
    family: network.family ?? network.name,
    kernels: network.launches.map(({ kernel, us }) => ({
      kernel: kernels[kernel] as Kernel,
      us: us[column] ?? undefined,
    })),
    endToEndUs: network.endToEndUs?.[column] ?? undefined,
    peakBytes: network.peakBytes?.[column] ?? undefined,
  }));
}

/** QNN runs a network that was compiled for the NPU ahead, with no delegate around it: its times are what kernels cost. */
const trusted = { suffix: '-qnn_dlc', trust: 2 } as const;

/** The other devices of the same measurements. */
export function siblingsOf(data: Measurements, device: string, rules: MappingRules): Observed[][] {
  return data.devices
    .filter((name) => name !== device)
    .map((name) => {
      const networks = observationsOf(data, name, rules);
      return name.endsWith(trusted.suffix)
        ? networks.map((network) => ({ ...network, trust: trusted.trust }))
        : networks;
    });
}

export function makeTable(networks: readonly Observed[], kind: Profile['table']['kind']): Profile['table'] {
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

/** One time for each distinct device kernel of a table: the median over the networks that launched it. */
export function timesOfTable(table: Profile['table']): TimedKernel[] {
  return table.entries.map(({ op, shape, us }) => ({ kernel: kernelOfRow(op, shape), us: median(us) }));
}

/** The overhead under which priced device kernels come nearest to the measured networks. */
export function overheadFor(
  networks: readonly Observed[],
  price: (launch: Observed['kernels'][number]) => number,
): Profile['overhead'] {
  return fitOverhead(
    networks.flatMap(({ kernels, endToEndUs }) =>
      endToEndUs === undefined
        ? []
        : [{ kernels: kernels.map((launch) => ({ op: launch.kernel.op, us: price(launch) })), endToEndUs }],
    ),
  );
}

function wholeNetworks(networks: readonly Observed[]) {
  return networks.flatMap(({ kernels, endToEndUs, trust }) =>
    endToEndUs === undefined ? [] : [{ kernels: kernels.map((k) => k.kernel), endToEndUs, trust }],
  );
}

/**
 * A profile fitted to these networks, without band and error.
 * @param siblings of an NPU: what was measured of other chips, or under other runtimes.
 */
export function fitOnce(
  networks: readonly Observed[],
  head: ProfileDescription,
  kind: Profile['table']['kind'],
  siblings: readonly (readonly Observed[])[] = [],
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
    overhead: { fixedUs: 0, scale: 1, sqrtUs: 0, leastKernelUs: 0 },
    band: { network: 0, interpolated: 0, extrapolated: 0, unmeasured: 0 },
    models: {},
    table,
  };
  if (timed.length === 0) {
    const wholes = wholeNetworks(networks);
    if (head.unit === 'NPU' && siblings.length > 0 && wholes.length >= fewestForNpu) {
      return { ...bare, ...fitNpu(wholes, siblings.map(wholeNetworks)) };
    }
    const isCpu = head.unit === 'CPU' && wholes.length >= fewestForCpu;
    return { ...bare, ...(isCpu ? fitCpu(wholes, head.precision) : fitFromNetworks(wholes)) };
  }
  const modelled = { ...bare, models: fitKernelModels(timed) };
  const pricer = createPricer(modelled);
  return { ...modelled, overhead: overheadFor(networks, ({ kernel }) => pricer.us(kernel)) };
}
