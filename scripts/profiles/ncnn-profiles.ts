/** Profiles of GPUs that whole networks were timed on, transferred from those whose device kernels were. */
import {
  loadProfile,
  type Measurements,
  type Profile,
  type ProfileDescription,
} from '../../src/hardware/index.js';
import { observationsOf } from '../../src/hardware/fit/index.js';
import { baked, type Transfer, transfer } from '../../src/hardware/transfer/index.js';
import { ncnnDevices, ncnnMapping } from './ncnn.js';

/** The profiles with timed device kernels, by the maker of the GPU as its chip is called. */
const families: readonly (readonly [maker: RegExp, names: readonly string[]])[] = [
  [/^Adreno/, ['adreno-640', 'adreno-616']],
  [/^Mali/, ['mali-g76']],
  [/^PowerVR/, ['powervr-ge8320']],
  [/^Apple/, ['apple-a12-gpu', 'apple-a10-gpu']],
];
const everyFamily = families.flatMap(([, names]) => names);

/** Error on left-out networks, in percent, above which a profile is not made. */
export const mostError = 15;

/** One device, transferred from its own family, and from all. */
export interface NcnnTransfer {
  readonly name: string;
  readonly chip: string;
  readonly networks: number;
  readonly family: Transfer;
  readonly all: Transfer;
  /** The one that is nearer to networks left out. */
  readonly best: Transfer;
}

const errorOf = ({ profile }: Transfer) => profile.error?.mape ?? Infinity;

export function ncnnTransfers(data: Measurements): NcnnTransfer[] {
  const sources = new Map(everyFamily.map((name) => [name, loadProfile(name)]));
  return ncnnDevices.map(({ name, device, chip }) => {
    const head: ProfileDescription = {
      name,
      device,
      chip,
      unit: 'GPU',
      runtime: { name: 'ncnn, Vulkan' },
      precision: 'fp16',
      bytesPerValue: 2,
      date: '2025',
      sources: [{ ...data.source }],
      mapping: ncnnMapping,
    };
    const networks = observationsOf(data, name, ncnnMapping).flatMap(
      ({ name: model, kernels, endToEndUs }) =>
        endToEndUs === undefined ? [] : [{ model, kernels: kernels.map(({ kernel }) => kernel), endToEndUs }],
    );
    const from = (names: readonly string[]) =>
      transfer(
        names.map((n) => sources.get(n) as Profile),
        head,
        networks,
      );
    const own = families.find(([maker]) => maker.test(chip))?.[1] ?? everyFamily;
    const family = from(own);
    const all = from(everyFamily);
    const best = errorOf(family) < errorOf(all) ? family : all;
    return { name, chip, networks: networks.length, family, all, best };
  });
}

/** Those whose error makes them of use, as one set of models each. */
export function ncnnProfiles(data: Measurements): Profile[] {
  return ncnnTransfers(data)
    .filter(({ best }) => errorOf(best) <= mostError)
    .map(({ best: { profile } }) => ({
      ...baked(profile),
      notes: [
        ...(profile.notes ?? []),
        `Measured by ncnn's benchmark on ${profile.error?.networks} whole networks; sources ran TensorFlow Lite's GPU delegate. The stated error is that of each network left out of the transfer.`,
      ],
    }));
}
