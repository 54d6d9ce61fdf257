/**
 * From a layer graph to the device kernels a runtime launches, by the fusion rules of a profile.
 *
 * Batch normalisation is folded into weights and dropout is the identity. An activation that the runtime can
 * merge, and an addition, run inside the kernel that makes their (newer) input when nothing else reads that.
 * Squeeze-and-excitation thus becomes a mean, two dense kernels and a multiplication; a mixed convolution its
 * slices, one depthwise kernel a group, and a concatenation; swish, which has no kernel of its own in TFLite, a
 * logistic and a multiplication.
 */
import { unreachable } from '../base/index.js';
import type { AnyGraph, AnyOp, ForeignOp, Shape } from '../models/index.js';
import { convolutionAs } from './algorithms.js';
import { type Kernel, type KernelOp, type KernelRow, kernelOps } from './kernel.js';
import type { MappingRules } from './profile/index.js';

/** Index into `kernelOps`: what the sink of a walk receives, because numbers are fast keys. */
export const opIndex = Object.fromEntries(kernelOps.map((op, i) => [op, i])) as Record<KernelOp, number>;

/** A device kernel as numbers: the index of its class in `kernelOps`, then what a row of a table has. */
export type KernelNumbers = readonly [op: number, ...row: KernelRow];

/** Receives the device kernels of a walk in the order of execution; `layer` is the id of the graph's op. */
export type KernelSink = (layer: number, ...kernel: KernelNumbers) => void;

/** Height and width of a map; of one that is not square, those of the square of its area. */
function sideOf([height, width]: Shape): number {
  return height === width ? height : Math.max(1, Math.round(Math.sqrt(height * width)));
}

const isFolded = (op: AnyOp) => op.kind === 'foreign' && (op.like === 'folded' || op.like === 'view');

/** Activations of which x * gate(x) is made when the runtime has no device kernel of their own. */
const selfGated: ReadonlySet<string> = new Set(['swish', 'hswish']);

/** Walks graphs for one set of rules; keeps its buffers, so one walk allocates nothing. */
export interface KernelWalker {
  walk(graph: AnyGraph, sink: KernelSink): void;
  /** After a walk: the id of the op whose device kernel makes the value of op `id`. */
  producerOf(id: number): number;
}

export function createKernelWalker(rules: MappingRules): KernelWalker {
  const fusable: ReadonlySet<string> = new Set(rules.fusedActivations);
  const whole: ReadonlySet<string> = new Set(rules.wholeActivations);
  const parts = rules.grouped === 'parts';
  const slices = rules.slice === 'copy';
  const concats = rules.concat === 'copy';
  /** Readers of each op's output, and the last of them. */
  let readers = new Int32Array(0);
  let lastReader = new Int32Array(0);
  /** The op whose device kernel makes this op's value: itself, or an earlier one that it is merged into. */
  let producer = new Int32Array(0);

  function prepare(ops: readonly AnyOp[]): void {
    if (readers.length < ops.length) {
      readers = new Int32Array(ops.length);
      lastReader = new Int32Array(ops.length);
      producer = new Int32Array(ops.length);
    }
    readers.fill(0, 0, ops.length);
    for (let id = 0; id < ops.length; id++) {
      producer[id] = id;
      for (const input of (ops[id] as AnyOp).inputs) {
        readers[input] = (readers[input] as number) + 1;
        lastReader[input] = id;
      }
    }
  }

  /** Merges what follows op `id` into its device kernel; returns how many other images that reads. */
  function merge(ops: readonly AnyOp[], id: number): number {
    let fused = 0;
    let at = id;
    while (readers[at] === 1) {
      const next = lastReader[at] as number;
      const op = ops[next] as AnyOp;
      if (op.kind === 'add') {
        const newest = op.inputs.every((input) => (producer[input] as number) <= id);
        if (!rules.fusesAdd || !newest || op.inputs[0] === op.inputs[1]) return fused;
        fused += op.inputs.length - 1;
      } else if (op.kind === 'activation') {
        if (!fusable.has(op.activation)) return fused;
      } else if (op.kind !== 'batchNorm' && op.kind !== 'dropout' && !isFolded(op)) {
        return fused;
      }
      producer[next] = id;
      at = next;
    }
    return fused;
  }

  function walk({ ops }: AnyGraph, sink: KernelSink): void {
    prepare(ops);
    for (let id = 0; id < ops.length; id++) {
      if (producer[id] !== id) continue;
      const op = ops[id] as AnyOp;
      const from = op.inputs[0] ?? 0;
      const size = sideOf(op.shape);
      const out = op.shape[2];
      const source = op.inputs.length > 0 ? (ops[from] as AnyOp).shape : op.shape;
      /** Images that an element-wise kernel of the layer reads; 0: it has none. */
      let reads = 0;
      switch (op.kind) {
        case 'input':
          break;
        case 'batchNorm':
        case 'dropout':
          // Its input has other readers too: still folded, only the value is shared.
          producer[id] = producer[from] as number;
          break;
        case 'conv2d': {
          const { kernel, stride, dilation, groups } = op;
          const dense = source[0] === 1 && source[1] === 1 && size === 1 && groups === 1;
          const window = dense ? 1 : kernel;
          if (parts && groups > 1) {
            const [from, to] = [source[2] / groups, out / groups];
            const part = opIndex[convolutionAs(rules, size, from, to, window, stride, dilation)];
            for (let group = 0; group < groups; group++) {
              sink(id, opIndex.slice, sideOf(source), from, from, 1, 1, 1, 1, 0);
              sink(id, part, size, from, to, window, stride, dilation, 1, 0);
            }
            sink(id, opIndex.concat, size, out, out, groups, 1, 1, 1, merge(ops, id));
            break;
          }
          const kind = dense
            ? opIndex.dense
            : groups > 1
              ? opIndex.grouped
              : opIndex[convolutionAs(rules, size, source[2], out, window, stride, dilation)];
          sink(id, kind, size, source[2], out, window, stride, dilation, groups, merge(ops, id));
          break;
        }
        case 'depthwiseConv2d': {
          const { kernel, stride, dilation } = op;
          sink(id, opIndex.depthwise, size, out, out, kernel, stride, dilation, 1, merge(ops, id));
          break;
        }
        case 'dense':
          sink(id, opIndex.dense, 1, source[2], out, 1, 1, 1, 1, merge(ops, id));
          break;
        case 'mean':
          sink(id, opIndex.mean, sideOf(source), out, out, 1, 1, 1, 1, merge(ops, id));
          break;
        case 'slice':
          if (slices) sink(id, opIndex.slice, size, out, out, 1, 1, 1, 1, merge(ops, id));
          else producer[id] = producer[from] as number;
          break;
        case 'concat':
          if (concats) sink(id, opIndex.concat, size, out, out, op.inputs.length, 1, 1, 1, merge(ops, id));
          break;
        case 'activation':
          if (selfGated.has(op.activation) && !fusable.has(op.activation) && !whole.has(op.activation)) {
            sink(id, opIndex.elementwise, size, out, out, 1, 1, 1, 1, 0);
            reads = 2;
          } else reads = 1;
          break;
        case 'add':
          reads = 2;
          break;
        case 'multiply':
          // A [1, 1, C] factor is small against the image that it scales.
          reads = sideOf((ops[op.inputs[1] as number] as AnyOp).shape) === size ? 2 : 1;
          break;
        case 'maxPool':
          sink(id, opIndex['max-pool'], size, out, out, op.kernel, op.stride, 1, 1, merge(ops, id));
          break;
        case 'shuffle':
          // A transposition: it moves every value, like a slice that is copied.
          sink(id, opIndex.slice, size, out, out, 1, 1, 1, 1, merge(ops, id));
          break;
        case 'layerNorm':
          // Mean and variance, then scale and shift: two passes.
          sink(id, opIndex.elementwise, size, out, out, 1, 1, 1, 1, 0);
          reads = 1;
          break;
        case 'attention': {
          // Per head, queries times keys and weights times values: products over the pixels of the map.
          const { heads, patch } = op;
          const scores = heads * Math.ceil(size / patch) ** 2;
          sink(id, opIndex.grouped, size, out, scores, 1, 1, 1, heads, 0);
          sink(id, opIndex.elementwise, size, scores, scores, 2, 1, 1, 1, 0);
          sink(id, opIndex.grouped, size, scores, out, 1, 1, 1, heads, merge(ops, id));
          break;
        }
        case 'hardGate':
        case 'groupScale':
          reads = 1;
          break;
        case 'softmax':
          reads = 2;
          break;
        case 'foreign':
          foreign(ops, op, source, sink);
          break;
        default:
          unreachable(op);
      }
      if (reads > 0) sink(id, opIndex.elementwise, size, out, out, reads, 1, 1, 1, merge(ops, id));
    }
  }

  function foreign(ops: readonly AnyOp[], op: ForeignOp, source: Shape, sink: KernelSink): void {
    const { id, window = 1, stride = 1 } = op;
    const size = sideOf(op.shape);
    const out = op.shape[2];
    switch (op.like) {
      case 'folded':
      case 'view':
        if (op.inputs.length > 0) producer[id] = producer[op.inputs[0] as number] as number;
        return;
      case 'product': {
        // As many input channels as give its multiplications.
        const input = Math.max(1, Math.round(op.macs / (size * size * out)));
        const kind = size === 1 ? opIndex.dense : opIndex.conv;
        sink(id, kind, size, input, out, 1, 1, 1, 1, merge(ops, id));
        return;
      }
      case 'depthwise':
      case 'max-pool':
      case 'average-pool':
        sink(id, opIndex[op.like], size, out, out, window, stride, 1, 1, merge(ops, id));
        return;
      case 'copy':
        sink(id, opIndex.slice, size, out, out, 1, 1, 1, 1, merge(ops, id));
        return;
      case 'reduce':
        sink(id, opIndex.elementwise, sideOf(source), source[2], source[2], 1, 1, 1, 1, merge(ops, id));
        return;
      case 'elementwise':
        sink(id, opIndex.elementwise, size, out, out, Math.max(1, op.inputs.length), 1, 1, 1, merge(ops, id));
        return;
      default:
        unreachable(op.like);
    }
  }

  return { walk, producerOf: (id) => producer[id] as number };
}

/** One device kernel of a graph and the layer it stands for. */
export interface MappedKernel extends Kernel {
  readonly layer: string;
}

/** The device kernels of a graph, in the order of execution. */
export function mapKernels(graph: AnyGraph, rules: MappingRules): MappedKernel[] {
  const kernels: MappedKernel[] = [];
  createKernelWalker(rules).walk(
    graph,
    (layer, op, size, input, output, kernel, stride, dilation, groups, fused) => {
      kernels.push({
        layer: (graph.ops[layer] as AnyOp).name,
        op: kernelOps[op] as KernelOp,
        size,
        input,
        output,
        kernel,
        stride,
        dilation,
        groups,
        fused,
      });
    },
  );
  return kernels;
}
