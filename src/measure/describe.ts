/** What a profile of this host says of it. */
import { cpus } from 'node:os';
import type { MappingRules, ProfileDescription } from '../hardware/index.js';
import type { TargetName } from './target.js';

/** How each runtime turns layers into the nodes that it runs and times. */
const rules: Readonly<Record<TargetName, MappingRules>> = {
  // ORT's graph optimisations at their default level, for the CPU provider.
  onnxruntime: {
    fusedActivations: ['relu', 'relu6', 'sigmoid', 'hsigmoid'],
    fusesAdd: true,
    slice: 'copy',
    concat: 'copy',
  },
  // TensorFlow's remapper fuses these; batch norm is folded beforehand.
  'tfjs-node': { fusedActivations: ['relu', 'relu6'], fusesAdd: false, slice: 'copy', concat: 'copy' },
};

/** How a runtime turns layers into device kernels. */
export function targetRules(target: TargetName): MappingRules {
  return rules[target];
}

/** Names that the runtimes have in profiles, by which a profile's target is found again. */
export const runtimeNames: Readonly<Record<TargetName, string>> = {
  onnxruntime: 'ONNX Runtime CPU, 1 thread',
  'tfjs-node': 'TensorFlow by tfjs-node, 1 thread',
};

export function describeHost(
  target: TargetName,
  runtimeVersion: string,
  device: string,
): Omit<ProfileDescription, 'name' | 'date' | 'sources'> {
  return {
    device,
    chip: cpus()[0]?.model.trim() || 'unknown processor',
    unit: 'CPU',
    runtime: { name: runtimeNames[target], version: runtimeVersion },
    precision: 'fp32',
    bytesPerValue: 4,
    mapping: rules[target],
  };
}
