/** Latency on a device whose compiler plans memory: of whole networks, as kernels depend on what surrounds them. */
import type { AnyGraph, AnyOp } from '../../models/index.js';
import type { Kernel } from '../kernel.js';
import { createNpuPricer, type NpuOperation } from '../npu/index.js';
import type { Profile } from '../profile/index.js';

/** One operation as a device kernel, its time without calibration, and the id of its layer. */
export interface CompiledKernel {
  readonly layer: number;
  readonly kernel: Kernel;
  readonly us: number;
  /** The same, as boards were measured. */
  readonly boardUs: number;
}

export interface CompiledPricer {
  kernels(graph: AnyGraph): CompiledKernel[];
  /** µs of a network as boards were measured, with what it takes besides its kernels. */
  boardUs(graph: AnyGraph): number;
  /** µs of a network besides its kernels. */
  readonly fixedUs: number;
}

/** The device kernel that an operation stands for. */
function kernelOf({ kind, read, write, ...operation }: NpuOperation, op: AnyOp): Kernel {
  const window = {
    kernel: operation.kernelHeight,
    stride: operation.strideHeight,
    dilation: operation.dilation,
  };
  const single = { kernel: 1, stride: 1, dilation: 1 };
  const common = { size: write.height, input: read.channels, output: write.channels, groups: 1, fused: 0 };
  if (op.kind === 'mean' && kind === 'depthwise') {
    return { op: 'mean', ...common, ...single, size: read.height };
  }
  switch (kind) {
    case 'convolution':
      return { op: 'conv', ...common, ...window };
    case 'depthwise':
      return { op: 'depthwise', ...common, ...window };
    case 'product':
      return { op: 'dense', ...common, ...single };
    case 'copy':
      return op.kind === 'maxPool'
        ? { op: 'max-pool', ...common, ...window }
        : { op: op.kind === 'shuffle' ? 'slice' : 'concat', ...common, ...single };
    case 'elementwise':
      return { op: 'elementwise', ...common, ...single, kernel: operation.second === undefined ? 1 : 2 };
  }
}

/** Undefined for profiles that price device kernels by themselves. */
export function createCompiledPricer({ compiler, overhead }: Profile): CompiledPricer | undefined {
  if (compiler === undefined) return undefined;
  const pricer = createNpuPricer(compiler.machine, compiler.variant);
  return {
    kernels: (graph) =>
      pricer.operations(graph).map(({ operation, us, isDense }) => ({
        layer: operation.layer,
        kernel: kernelOf(operation, graph.ops[operation.layer] as AnyOp),
        us,
        boardUs: us * (isDense ? compiler.convolutionScale : compiler.scale),
      })),
    boardUs(graph) {
      const { denseUs, restUs } = pricer.sum(graph);
      return overhead.fixedUs + denseUs * compiler.convolutionScale + restUs * compiler.scale;
    },
    fixedUs: overhead.fixedUs,
  };
}
