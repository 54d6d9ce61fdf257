/** What an export may choose, and what each target takes by default. */

/** Where a file is to run. `any`: every runtime that is checked. */
export const exportTargets = ['any', 'cpu', 'gpu', 'ethos-u'] as const;
export type ExportTarget = (typeof exportTargets)[number];

export interface LowerOptions {
  /**
   * Swish as x * LOGISTIC(x), which is exact, or replaced by x * relu6(x + 3) / 6, one op that Arm's Ethos runs 10 to
   * 18 % faster and that breaks XNNPACK's int8 graph into pieces. The second is another function: accuracy changes.
   */
  readonly swish: 'logistic' | 'hard-swish';
  /** Hard swish as one op, or as ADD, MUL and MUL, which XNNPACK runs in int8. Both are exact. */
  readonly hardSwish: 'native' | 'arithmetic';
  /** Grouped convolutions as they are (CONV_2D version 6), or as split, convolutions and concatenation. */
  readonly groupedConvolution: 'native' | 'split';
  /**
   * Where a mixed convolution's swish is applied: on each group, or on all after the concatenation. ReLU and ReLU6 cost
   * nothing on each group and are always there.
   */
  readonly activation: 'each-group' | 'after-concat';
  /** An operating point: only so many groups of each gate, those with the smallest kernels. All by default. */
  readonly groups?: number | undefined;
}

/** The choices of a target where the user makes none. */
export function targetOptions(target: ExportTarget): LowerOptions {
  const exact = {
    swish: 'logistic',
    hardSwish: 'native',
    groupedConvolution: 'split',
    activation: 'after-concat',
  } as const;
  switch (target) {
    case 'any':
    case 'gpu':
      return exact;
    case 'cpu':
      // XNNPACK runs grouped convolutions, and in int8 no HARD_SWISH.
      return { ...exact, groupedConvolution: 'native', hardSwish: 'arithmetic' };
    case 'ethos-u':
      return { ...exact, swish: 'hard-swish' };
  }
}
