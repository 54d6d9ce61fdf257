/** Kernels of the published networks that were measured end to end, from op lists or from their papers. */
import type { Kernel, KernelOp } from '../../src/hardware/index.js';

/** One op of op_lists.json: input and output size, channels, kernel, groups. */
export interface ListedOp {
  readonly op: string;
  readonly H: number;
  readonly Cin: number;
  readonly Hout: number;
  readonly Cout: number;
  readonly k: number;
  readonly g: number;
}

/** Codes of op_lists.json that are kernels of ours; `ln` (layer norm) is priced as element-wise. */
const classes: Readonly<Record<string, KernelOp>> = {
  pw: 'conv',
  cv: 'conv',
  dw: 'depthwise',
  gc: 'grouped',
  se: 'mean',
  mean: 'mean',
  mul: 'elementwise',
  add: 'elementwise',
  ln: 'elementwise',
  cat: 'concat',
  fc: 'dense',
  pool: 'max-pool',
};

/** @throws Error when a code is unknown. */
export function kernelOfListedOp({ op: code, H, Cin, Hout, Cout, k, g }: ListedOp): Kernel {
  const named = classes[code];
  if (named === undefined) throw new Error(`unknown op ${code}`);
  const op = named === 'conv' && Hout === 1 && k === 1 ? 'dense' : named;
  const whole = op === 'mean';
  const reads = code === 'add' ? 2 : 1;
  const window = op === 'elementwise' || op === 'concat' ? reads : whole || op === 'dense' ? 1 : k;
  return {
    op,
    size: whole ? H : Hout,
    input: op === 'concat' ? Cout : Cin,
    output: Cout,
    kernel: window,
    stride: whole || op === 'dense' || op === 'concat' ? 1 : Math.max(1, Math.round(H / Hout)),
    dilation: 1,
    groups: op === 'grouped' ? g : 1,
    fused: 0,
  };
}

/** ResNet-50 (He et al., CVPR 2016) as Keras builds it: stride in the first 1x1, shortcut after the third. */
export function resNet50(): ListedOp[] {
  const ops: ListedOp[] = [
    { op: 'cv', H: 224, Cin: 3, Hout: 112, Cout: 64, k: 7, g: 1 },
    { op: 'pool', H: 112, Cin: 64, Hout: 56, Cout: 64, k: 3, g: 1 },
  ];
  let size = 56;
  let channels = 64;
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const Hout = block === 0 && stage > 0 ? size / 2 : size;
      ops.push({ op: 'pw', H: size, Cin: channels, Hout, Cout: width, k: 1, g: 1 });
      ops.push({ op: 'cv', H: Hout, Cin: width, Hout, Cout: width, k: 3, g: 1 });
      ops.push({ op: 'pw', H: Hout, Cin: width, Hout, Cout: 4 * width, k: 1, g: 1 });
      if (block === 0) ops.push({ op: 'pw', H: size, Cin: channels, Hout, Cout: 4 * width, k: 1, g: 1 });
      ops.push({ op: 'add', H: Hout, Cin: 4 * width, Hout, Cout: 4 * width, k: 1, g: 1 });
      channels = 4 * width;
      size = Hout;
    }
  }
  ops.push({ op: 'mean', H: 7, Cin: 2048, Hout: 1, Cout: 2048, k: 1, g: 1 });
  ops.push({ op: 'fc', H: 1, Cin: 2048, Hout: 1, Cout: 1000, k: 1, g: 1 });
  return ops;
}

/**
 * ResNets (He et al., CVPR 2016) as PyTorch builds them: stride in the 3x3, additions where they run.
 * @param blocks of each stage.
 */
export function resNet(kind: 'basic' | 'bottleneck', blocks: readonly number[], classes: number): ListedOp[] {
  const ops: ListedOp[] = [
    { op: 'cv', H: 224, Cin: 3, Hout: 112, Cout: 64, k: 7, g: 1 },
    { op: 'pool', H: 112, Cin: 64, Hout: 56, Cout: 64, k: 3, g: 1 },
  ];
  let H = 56;
  let Cin = 64;
  blocks.forEach((count, stage) => {
    const width = 64 * 2 ** stage;
    const Cout = kind === 'basic' ? width : 4 * width;
    for (let block = 0; block < count; block++) {
      const Hout = block === 0 && stage > 0 ? H / 2 : H;
      if (kind === 'basic') {
        ops.push({ op: 'cv', H, Cin, Hout, Cout, k: 3, g: 1 });
        ops.push({ op: 'cv', H: Hout, Cin: Cout, Hout, Cout, k: 3, g: 1 });
      } else {
        ops.push({ op: 'pw', H, Cin, Hout: H, Cout: width, k: 1, g: 1 });
        ops.push({ op: 'cv', H, Cin: width, Hout, Cout: width, k: 3, g: 1 });
        ops.push({ op: 'pw', H: Hout, Cin: width, Hout, Cout, k: 1, g: 1 });
      }
      if (Cin !== Cout || Hout !== H) ops.push({ op: 'pw', H, Cin, Hout, Cout, k: 1, g: 1 });
      ops.push({ op: 'add', H: Hout, Cin: Cout, Hout, Cout, k: 1, g: 1 });
      Cin = Cout;
      H = Hout;
    }
  });
  ops.push({ op: 'mean', H, Cin, Hout: 1, Cout: Cin, k: 1, g: 1 });
  ops.push({ op: 'fc', H: 1, Cin, Hout: 1, Cout: classes, k: 1, g: 1 });
  return ops;
}

/**
 * EfficientFormer-L1 (Li et al., NeurIPS 2022): pooling blocks, each with two 1x1 convolutions; its one attention block
 * is taken for another of them.
 */
export function efficientFormer(classes: number): ListedOp[] {
  const widths = [48, 96, 224, 448];
  const ops: ListedOp[] = [
    { op: 'cv', H: 224, Cin: 3, Hout: 112, Cout: 24, k: 3, g: 1 },
    { op: 'cv', H: 112, Cin: 24, Hout: 56, Cout: 48, k: 3, g: 1 },
  ];
  let H = 56;
  [3, 2, 6, 4].forEach((blocks, stage) => {
    const C = widths[stage] as number;
    if (stage > 0) {
      ops.push({ op: 'cv', H, Cin: widths[stage - 1] as number, Hout: H / 2, Cout: C, k: 3, g: 1 });
      H /= 2;
    }
    const same = { H, Hout: H, g: 1 };
    for (let block = 0; block < blocks; block++) {
      ops.push({ op: 'pool', ...same, Cin: C, Cout: C, k: 3 }, { op: 'add', ...same, Cin: C, Cout: C, k: 1 });
      ops.push(
        { op: 'pw', ...same, Cin: C, Cout: 4 * C, k: 1 },
        { op: 'mul', ...same, Cin: 4 * C, Cout: 4 * C, k: 1 },
      );
      ops.push(
        { op: 'pw', ...same, Cin: 4 * C, Cout: C, k: 1 },
        { op: 'add', ...same, Cin: C, Cout: C, k: 1 },
      );
    }
  });
  ops.push({ op: 'mean', H, Cin: 448, Hout: 1, Cout: 448, k: 1, g: 1 });
  ops.push({ op: 'fc', H: 1, Cin: 448, Hout: 1, Cout: classes, k: 1, g: 1 });
  return ops;
}

/** The same network with another number of classes. */
export function withClasses(ops: readonly ListedOp[], count: number): ListedOp[] {
  return ops.map((op, i) => (i === ops.length - 1 && op.op === 'fc' ? { ...op, Cout: count } : op));
}
