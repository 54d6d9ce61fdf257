/** The largest of everything in a space: what a supernet has room for. */
import { MixnasError } from '../../base/index.js';
import {
  type Activation,
  type MixStage,
  type MixnetSpace,
  gateUnits,
  isMixStage,
  opOfStage,
  scaleTo,
} from '../../models/index.js';

/** Whether something is in every subnet, in none, or in some. */
export type Presence = 'always' | 'never' | 'sometimes';

/** One block position of the supernet. Sizes are the largest of any subnet. */
export interface BlockPlan {
  /** `stages.2.1`: the third stage's second block. */
  readonly name: string;
  readonly stage: number;
  readonly index: number;
  readonly presence: Presence;
  readonly stride: 1 | 2;
  /** Height and width of its input and its output. */
  readonly size: number;
  readonly outSize: number;
  readonly input: number;
  readonly wide: number;
  readonly out: number;
  readonly expand: Presence;
  readonly skip: Presence;
  /** All depthwise kernel sizes, largest first: each is cut from the one before. */
  readonly kernels: readonly number[];
  /** The most groups of a mix. */
  readonly groups: number;
  /** The largest kernel with its dilation, in pixels; what can never reach the image is left out. */
  readonly reach: number;
  readonly squeeze: Presence;
  readonly squeezed: number;
  readonly gate: Presence;
  readonly gateUnits: number;
  /** Every kernel with every dilation, as `3` or `3d2`: a gate has an output for each. */
  readonly parts: readonly string[];
  readonly activations: readonly Activation[];
  readonly expandGrouped: boolean;
  readonly projectGrouped: boolean;
}

export interface SupernetPlan {
  readonly space: MixnetSpace;
  readonly resolution: number;
  readonly classes: number;
  readonly inputChannels: number;
  readonly stem: {
    readonly out: number;
    readonly kernels: readonly number[];
    readonly stride: 1 | 2;
    readonly size: number;
    readonly activations: readonly Activation[];
  };
  readonly blocks: readonly BlockPlan[];
  readonly head: {
    readonly input: number;
    readonly out: number;
    readonly presence: Presence;
    readonly size: number;
    readonly activations: readonly Activation[];
  };
}

const largest = (values: readonly number[]) => Math.max(...values);
const sameSize = (size: number, stride: number) => Math.ceil(size / stride);
const descending = (values: readonly number[]) => values.toSorted((a, b) => b - a);

function presence(all: readonly boolean[]): Presence {
  if (all.every(Boolean)) return 'always';
  return all.some(Boolean) ? 'sometimes' : 'never';
}

/** `3d2` for a kernel of 3 with dilation 2, `3` without. */
export function partLabel(kernel: number, dilation: number): string {
  return dilation === 1 ? `${kernel}` : `${kernel}d${dilation}`;
}

/** A kernel with zeros between its taps, without what lies beyond the padding of a map of `size` pixels. */
export function reachOf(kernel: number, dilation: number, size: number): number {
  return Math.min((kernel - 1) * dilation + 1, 2 * size - 1);
}

function refuse(space: MixnetSpace, what: string, remedy: string): MixnasError {
  return new MixnasError('bad-config', `The space \`${space.name}\`: ${what}.`, { remedy });
}

/**
 * The stages of a space, all of which have blocks that can share weights.
 * @throws MixnasError `bad-config` that names the kind of block that cannot.
 */
function mixStagesOf(space: MixnetSpace): readonly MixStage[] {
  return space.spec.stages.map((stage, i) => {
    if (!isMixStage(stage)) {
      throw refuse(
        space,
        `stages[${i}] has blocks of kind ${opOfStage(stage)}, whose weights a supernet cannot share`,
        'Use the training or the proxy evaluator, or inverted-residual blocks.',
      );
    }
    if (stage.seStyle?.some((style) => style !== 'mixnet')) {
      throw refuse(
        space,
        `stages[${i}] lists mobilenet-v3 in \`seStyle\`, whose weights a supernet cannot share`,
        'Leave `seStyle` out, or use the training or the proxy evaluator.',
      );
    }
    return stage;
  });
}

/**
 * Plans the supernet of a space for images of `resolution` pixels: strides are those that its members have
 * when they are scaled to it.
 * @throws MixnasError `bad-config` for what a supernet cannot hold: other blocks, hard gates, stems of several strides.
 */
export function planSupernet(
  space: MixnetSpace,
  at: { readonly resolution: number; readonly classes: number },
): SupernetPlan {
  const { spec } = space;
  const stages = mixStagesOf(space);
  if (spec.stem.stride.length > 1) {
    throw refuse(
      space,
      'a supernet cannot hold stems of several strides',
      'List one stride in `stem.stride`.',
    );
  }
  // All members have the same strides, so scaling takes the same ones out of each.
  const member = scaleTo(space.decode(new Uint8Array(space.genes.length)), at);
  const firsts: number[] = [];
  let place = 0;
  for (const stage of stages) {
    firsts.push(place);
    place += Math.min(...stage.depth);
  }
  let size = sameSize(at.resolution, member.stem.stride);
  const stem = {
    out: largest(spec.stem.width),
    kernels: descending(spec.stem.kernel),
    stride: member.stem.stride,
    size,
    activations: spec.stem.activation,
  };
  let before: readonly number[] = spec.stem.width;
  const blocks: BlockPlan[] = [];
  for (const [s, stage] of stages.entries()) {
    if (stage.gate.includes('hard')) {
      throw refuse(
        space,
        `stages[${s}] lists hard gates, which a supernet cannot hold`,
        'List `none` and `soft` in `gate`, or use the training evaluator.',
      );
    }
    const groups = Math.min(
      largest(stage.groups),
      stage.kernels.length * Math.max(1, stage.dilations.length),
    );
    for (let i = 0; i < largest(stage.depth); i++) {
      const inputs = i === 0 ? before : stage.width;
      const stride = i === 0 ? (member.blocks[firsts[s] as number]?.stride ?? 1) : 1;
      // A space's own stride decides where dilation may be, whatever scaling made of it.
      const dilations = i === 0 && stage.stride === 2 ? [1] : stage.dilations;
      const outSize = sameSize(size, stride);
      const mixed = stage.kernels.flatMap((kernel) =>
        (kernel === 1 ? [1] : dilations).map((dilation) => ({ kernel, dilation })),
      );
      blocks.push({
        name: `stages.${s}.${i}`,
        stage: s,
        index: i,
        presence: presence(stage.depth.map((depth) => depth > i)),
        stride,
        size,
        outSize,
        input: largest(inputs),
        wide: Math.round(largest(inputs) * largest(stage.expansion)),
        out: largest(stage.width),
        expand: presence(stage.expansion.map((expansion) => expansion !== 1)),
        skip:
          stride === 2
            ? 'never'
            : i > 0
              ? 'always'
              : presence(inputs.flatMap((input) => stage.width.map((width) => width === input))),
        kernels: descending(stage.kernels),
        groups: Math.min(groups, mixed.length),
        reach: largest(mixed.map(({ kernel, dilation }) => reachOf(kernel, dilation, size))),
        squeeze: presence(stage.seRatio.map((ratio) => ratio > 0)),
        squeezed: Math.max(1, Math.floor(largest(inputs) * largest(stage.seRatio))),
        gate:
          groups === 1 || !stage.gate.includes('soft')
            ? 'never'
            : Math.min(...stage.groups) > 1 && stage.gate.length === 1
              ? 'always'
              : 'sometimes',
        gateUnits: gateUnits(largest(inputs)),
        parts: mixed.map(({ kernel, dilation }) => partLabel(kernel, dilation)),
        activations: stage.activation,
        expandGrouped: largest(stage.expandGroups) > 1,
        projectGrouped: largest(stage.projectGroups) > 1,
      });
      size = outSize;
    }
    before = stage.width;
  }
  return {
    space,
    ...at,
    inputChannels: spec.inputChannels,
    stem,
    blocks,
    head: {
      input: largest(before),
      out: largest(spec.head.width),
      presence: presence(spec.head.width.map((width) => width > 0)),
      size,
      activations: spec.head.activation,
    },
  };
}
