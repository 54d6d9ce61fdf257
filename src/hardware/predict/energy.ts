/**
 * Energy of one inference, as an estimate from counts: nobody published energies of these devices that could
 * be trusted, so nothing here is fitted or measured.
 *
 * Energies of single operations are those of Horowitz, "Computing's Energy Problem (and what we can do about
 * it)", ISSCC 2014, figure 1.1.9, at 45 nm: a multiplication and an addition of the profile's precision, and
 * 64 bits from DRAM at 1.3 to 2.6 nJ. A newer process needs less; control, caches and leakage, which are not
 * counted, need more. Hence a band of a factor of three either way.
 */
import { kernelMacs, kernelReads, kernelWeights, kernelWrites } from '../kernel.js';
import type { KernelPrediction } from './predictor.js';
import type { Profile } from '../profile/index.js';

/** pJ of one multiplication with its addition. */
const pjPerMac = { fp32: 3.7 + 0.9, fp16: 1.1 + 0.4, int8: 0.2 + 0.03 } as const;
/** pJ of one byte from or to DRAM: the middle of 1.3 and 2.6 nJ for eight. */
const pjPerByte = 1950 / 8;
/** How far the estimate may be off, either way. */
const factor = 3;

export interface EnergyEstimate {
  readonly energyMj: number;
  readonly lowMj: number;
  readonly highMj: number;
  /** What it is estimated from, in a sentence. */
  readonly from: string;
}

/** An estimate of the energy that these device kernels take on a device of the profile's precision. */
export function estimateEnergy(kernels: readonly KernelPrediction[], profile: Profile): EnergyEstimate {
  let macs = 0;
  let numbers = 0;
  for (const { kernel } of kernels) {
    macs += kernelMacs(kernel);
    numbers += kernelReads(kernel) + kernelWrites(kernel) + kernelWeights(kernel);
  }
  const energyMj = (macs * pjPerMac[profile.precision] + numbers * profile.bytesPerValue * pjPerByte) / 1e9;
  return {
    energyMj,
    lowMj: energyMj / factor,
    highMj: energyMj * factor,
    from: `estimated, not measured: ${profile.precision} multiplications and DRAM traffic counted, at the energies of Horowitz (ISSCC 2014, 45 nm)`,
  };
}
