/** What a new profile says of its device apart from figures. */
import type { MappingRules, Profile, ProfileDescription } from '../../hardware/index.js';

export interface Device {
  readonly device?: string | undefined;
  readonly chip?: string | undefined;
  readonly unit?: Profile['unit'] | undefined;
  readonly runtime?: string | undefined;
  readonly precision?: Profile['precision'] | undefined;
}

const bytes = { fp32: 4, fp16: 2, int8: 1 } as const;

/** How TensorFlow Lite turns layers into device kernels on each unit, where no sibling's rules are known. */
const rules: Readonly<Record<Profile['unit'], MappingRules>> = {
  CPU: { fusedActivations: ['relu', 'relu6'], fusesAdd: false, slice: 'copy', concat: 'copy' },
  GPU: {
    fusedActivations: ['relu', 'relu6', 'hswish', 'sigmoid', 'hsigmoid'],
    fusesAdd: true,
    slice: 'copy',
    concat: 'copy',
  },
  NPU: {
    fusedActivations: ['relu', 'relu6', 'hswish', 'sigmoid', 'hsigmoid'],
    fusesAdd: false,
    slice: 'free',
    concat: 'free',
  },
};

const precisions = { CPU: 'fp32', GPU: 'fp16', NPU: 'int8' } as const;

/** The head of a new profile: what the user says, else what its sibling has, else what is usual. */
export function deviceOf(
  options: Device & { readonly name: string },
  base: Profile | undefined,
): Omit<ProfileDescription, 'name' | 'date' | 'sources'> {
  const unit = options.unit ?? base?.unit ?? 'CPU';
  const precision = options.precision ?? base?.precision ?? precisions[unit];
  return {
    device: options.device ?? options.name,
    chip: options.chip ?? base?.chip ?? 'unknown chip',
    unit,
    runtime:
      options.runtime === undefined ? (base?.runtime ?? { name: 'unknown' }) : { name: options.runtime },
    precision,
    bytesPerValue: precision === base?.precision ? base.bytesPerValue : bytes[precision],
    mapping: base?.mapping ?? rules[unit],
  };
}
