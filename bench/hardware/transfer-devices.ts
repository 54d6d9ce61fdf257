/** What bench:transfer knows of devices beyond their measurements. */
import type { Profile } from '../../src/hardware/index.js';

/** The phones that the GPUs are of, as CPU profiles name them. */
const phones: Readonly<Record<string, string>> = {
  'adreno-640': 'pixel4',
  'mali-g76': 'galaxy-s10',
  'adreno-616': 'mi8se',
  'powervr-ge8320': 'galaxy-a03s',
  'apple-a10-gpu': 'iphone-7',
  'apple-a12-gpu': 'iphone-xs',
};

/** The phone or board that a device is part of. */
export function phoneOf({ name }: Pick<Profile, 'name'>): string {
  return phones[name] ?? name.replace(/-(cpu|gpu)-.*/, '');
}

/** The head of a device that has measurements but no profile of its own; the name says what it is. */
export function headOf(name: string): Profile {
  return {
    format: 'mixnas-profile',
    version: 1,
    name,
    device: name,
    chip: name,
    unit: 'CPU',
    runtime: { name: 'TensorFlow Lite' },
    precision: name.endsWith('-int8') ? 'int8' : 'fp32',
    bytesPerValue: name.endsWith('-int8') ? 1 : 4,
    batch: 1,
    date: '2024',
    sources: [{ title: name, licence: 'MIT', kind: 'measured' }],
    mapping: { fusedActivations: ['relu', 'relu6'], fusesAdd: false, slice: 'copy', concat: 'copy' },
    overhead: { fixedUs: 0, scale: 1, sqrtUs: 0, leastKernelUs: 0 },
    band: { network: 0, interpolated: 0, extrapolated: 0, unmeasured: 0 },
    models: {},
    table: { kind: 'measured', models: [], entries: [] },
  };
}
