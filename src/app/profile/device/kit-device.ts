/** What a kit's results say of their device, and which of them a fit takes. */
import type { Profile } from '../../../hardware/index.js';
import type { DeviceUnit } from '../../../measure/index.js';
import { type Device, deviceOf } from '../tune-device.js';
import { type KitResults, readKit } from './results.js';

export const unitOf = { cpu: 'CPU', gpu: 'GPU', nnapi: 'NPU' } as const satisfies Record<
  DeviceUnit,
  Profile['unit']
>;
const wantedOf = { CPU: 'cpu', GPU: 'gpu', NPU: 'nnapi' } as const;
/** Models of floats: the GPU delegate computes them in 16 bits. */
const floatsOf = { cpu: 'fp32', gpu: 'fp16', nnapi: 'fp32' } as const;

/** The device of a kit's results, where the user says nothing else: it computes with what the models hold. */
export function deviceOfKit({ unit = 'cpu', precision }: Pick<KitResults, 'unit' | 'precision'>): Device {
  return {
    unit: unitOf[unit],
    precision: precision === 'int8' ? 'int8' : floatsOf[unit],
    runtime: 'TensorFlow Lite',
  };
}

/**
 * The results of a kit for a fit. Where a sibling is recalibrated to whole networks, device kernels alone are left out:
 * they would count as networks.
 * @param auto whether all other profiles are the sibling.
 * @throws MixnasError `bad-data` as `readKit`.
 */
export function kitForFit(
  folder: string,
  device: Device & { readonly name: string },
  base: Profile | undefined,
  auto: boolean,
): KitResults {
  const wanted = device.unit && wantedOf[device.unit];
  const rules = (unit: DeviceUnit) => deviceOf({ ...device, unit: unitOf[unit] }, base).mapping;
  const kit = readKit(folder, rules, wanted);
  const transferred = auto || base !== undefined;
  const recalibrated = transferred && kit.launches.length === 0 && kit.wholes.length > 0;
  return recalibrated ? kit : { ...kit, wholes: [...kit.wholes, ...kit.singles] };
}
