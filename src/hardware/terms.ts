/** The physical quantities that fitted models are sums of: each grows with every dimension of a kernel. */
import { type Kernel, kernelMacs, kernelReads, kernelWeights, kernelWrites } from './kernel.js';
import type { TermName } from './profile.js';

/** A kernel's amount of one term: 1 for `launch`, else millions of multiplications or numbers moved. */
export function termValue(name: TermName, kernel: Kernel): number {
  switch (name) {
    case 'launch':
      return 1;
    case 'macs':
      return kernelMacs(kernel) / 1e6;
    case 'reads':
      return kernelReads(kernel) / 1e6;
    case 'writes':
      return kernelWrites(kernel) / 1e6;
    case 'weights':
      return kernelWeights(kernel) / 1e6;
  }
}
