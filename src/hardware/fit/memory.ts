/** What a runtime takes of memory beside activations, from the peaks of measured networks. */
import { type Kernel, kernelReads, kernelWeights, kernelWrites } from '../kernel.js';
import type { Profile } from '../profile/index.js';
import type { Observed } from './fit-profile.js';
import { weightedFit } from './solve/index.js';

/** A network whose peak was measured. */
export interface Peak {
  readonly kernels: readonly Kernel[];
  readonly bytes: number;
}

/** The peaks among the networks of a device. */
export function peaksOf(networks: readonly Observed[]): Peak[] {
  return networks.flatMap(({ kernels, peakBytes }) =>
    peakBytes === undefined ? [] : [{ kernels: kernels.map(({ kernel }) => kernel), bytes: peakBytes }],
  );
}

interface Shares {
  readonly runtimeBytes: number;
  readonly weightCopies: number;
}

/** Below this nothing is fitted. */
const fewestPeaks = 8;

/** Weights, and the largest device kernel's maps, which is what lists of device kernels say of an arena. */
export function sizesOf(kernels: readonly Kernel[], bytesPerValue: number) {
  const weights = kernels.reduce((sum, kernel) => sum + kernelWeights(kernel), 0);
  const maps = kernels.reduce(
    (most, kernel) => Math.max(most, kernelReads(kernel) + kernelWrites(kernel)),
    0,
  );
  return { weightBytes: weights * bytesPerValue, mapBytes: maps * bytesPerValue };
}

/** Peak = runtime + copies x weights + activations, by relative deviations that are not led by single networks. */
export function fitMemory(peaks: readonly Peak[], bytesPerValue: number): Shares {
  const rows = peaks.map(({ kernels, bytes }) => ({ ...sizesOf(kernels, bytesPerValue), bytes }));
  const [runtime = 0, more = 0] = weightedFit(
    rows.map(({ weightBytes, bytes }) => [1e6 / bytes, weightBytes / bytes]),
    rows.map(({ weightBytes, mapBytes, bytes }) => (bytes - weightBytes - mapBytes) / bytes),
  );
  // Weights are held once at least.
  return { runtimeBytes: 1e6 * runtime, weightCopies: 1 + more };
}

export function peakOf(
  { runtimeBytes, weightCopies }: Shares,
  kernels: readonly Kernel[],
  bytesPerValue: number,
) {
  const { weightBytes, mapBytes } = sizesOf(kernels, bytesPerValue);
  return runtimeBytes + weightCopies * weightBytes + mapBytes;
}

/** Mean absolute error in percent of peaks that the fit was not given. */
export function memoryError(peaks: readonly Peak[], bytesPerValue: number): number {
  const errors = peaks.map(({ kernels, bytes }, i) => {
    const shares = fitMemory(
      peaks.filter((_, j) => j !== i),
      bytesPerValue,
    );
    return Math.abs(peakOf(shares, kernels, bytesPerValue) / bytes - 1);
  });
  return (100 * errors.reduce((a, b) => a + b, 0)) / errors.length;
}

/** The memory of a profile with what its peaks add; as it is where too few were measured. */
export function memoryWith(
  known: Profile['memory'],
  peaks: readonly Peak[],
  bytesPerValue: number,
): Pick<Profile, 'memory'> {
  if (peaks.length < fewestPeaks) return known ? { memory: known } : {};
  return { memory: { ...known, ...fitMemory(peaks, bytesPerValue) } };
}
