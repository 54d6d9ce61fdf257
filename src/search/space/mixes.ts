/** Kernel mixes by their labels: `3+5d2` is a 3x3 convolution kernel next to a 5x5 one with dilation 2. */

export interface Mix {
  /** One text a kernel: `5d2`. */
  readonly parts: readonly string[];
  readonly meanKernel: number;
  /** Share of the kernels that are dilated. */
  readonly dilatedShare: number;
}

export function parseMix(label: string): Mix {
  const parts = label.split('+');
  const kernels = parts.map((part) => Number.parseInt(part, 10));
  return {
    parts,
    meanKernel: kernels.reduce((sum, k) => sum + k, 0) / kernels.length,
    dilatedShare: parts.filter((part) => part.includes('d')).length / parts.length,
  };
}

/** The share of kernels that only one of the two has: 0 for equal mixes, 1 for disjoint ones. */
export function mixDistance(a: Mix, b: Mix): number {
  const shared = a.parts.filter((part) => b.parts.includes(part)).length;
  return 1 - shared / (a.parts.length + b.parts.length - shared);
}
