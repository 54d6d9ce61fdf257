/**
 * From a layer graph and its weights to ONNX bytes (opset 17), batch norm folded.
 *
 * ONNX is NCHW: input `image` [batch, channels, height, width], output `output` [batch, classes] for a
 * classifier or [batch, channels, height, width] for a piece of a network. SAME padding is written out:
 * the odd pixel goes to the end, as in TensorFlow.
 */
import { InternalError, packageVersion, unreachable } from '../../base/index.js';
import type { ActivationOp, Conv2dOp, DepthwiseOp, LayerGraph, Op, Shape } from '../../models/index.js';
import { type FoldedOp, foldBatchNorm } from '../fold.js';
import { type Attribute, integer, integers, real, samePadding } from './attributes.js';
import { writeOther } from './other.js';
import { modelType } from './schema.js';
import type { NamedWeights } from '../weights.js';

interface Node {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly Attribute[];
}
interface Tensor {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData: Uint8Array;
}

const float32 = 1;
const int64 = 7;
/** [k, k, in, out] to [out, in, k, k]; a depthwise [k, k, c, 1] to [c, 1, k, k]. */
function toOihw(data: Float32Array, k: number, input: number, output: number): Float32Array {
  const result = new Float32Array(data.length);
  const area = k * k;
  for (let p = 0; p < area; p++) {
    for (let i = 0; i < input; i++) {
      for (let o = 0; o < output; o++) {
        result[(o * input + i) * area + p] = data[(p * input + i) * output + o] as number;
      }
    }
  }
  return result;
}

/** Collects the nodes and constants of one ONNX graph. */
class OnnxWriter {
  readonly nodes: Node[] = [];
  readonly constants: Tensor[] = [];
  private readonly outputs = new Map<number, string>();

  constructor(private readonly graph: LayerGraph) {}

  add(folded: FoldedOp): void {
    const { op } = folded;
    switch (op.kind) {
      case 'input':
        this.outputs.set(op.id, 'image');
        return;
      case 'conv2d':
      case 'depthwiseConv2d':
        return this.convolution(op, folded);
      case 'dense':
        return this.dense(op, folded);
      case 'batchNorm':
        return this.affine(op, folded);
      case 'activation':
        return this.activation(op, folded);
      case 'slice':
        return this.node(op, 'Slice', [
          this.input(folded),
          this.indices(`${op.name}.begin`, [op.begin]),
          this.indices(`${op.name}.end`, [op.begin + op.shape[2]]),
          this.indices(`${op.name}.axis`, [1]),
        ]);
      case 'concat':
        return this.node(op, 'Concat', this.inputs(folded), [integer('axis', 1)]);
      case 'add':
        return this.node(op, 'Add', this.inputs(folded));
      case 'multiply':
        return this.node(op, 'Mul', this.inputs(folded));
      case 'mean':
        return this.node(op, 'GlobalAveragePool', this.inputs(folded));
      case 'softmax':
        if (op.independent) return this.node(op, 'Sigmoid', this.inputs(folded));
        return this.node(op, 'Softmax', this.inputs(folded), [integer('axis', 1)]);
      case 'maxPool':
      case 'shuffle':
      case 'layerNorm':
      case 'attention':
      case 'hardGate':
        return writeOther(this, op, this.input(folded), this.shapeOf(op.inputs[0]), folded);
      case 'groupScale':
        return this.groupScale(op, folded);
      case 'dropout':
        throw new InternalError('dropout is gone after folding');
      default:
        return unreachable(op);
    }
  }

  /** Appends the flattening of a classifier's [batch, classes, 1, 1] and names the output. */
  finish(last: Op): void {
    const [height, width] = last.shape;
    const source = this.outputs.get(last.id) as string;
    if (height === 1 && width === 1) this.push('Flatten', 'output', [source], 'output', [integer('axis', 1)]);
    else this.push('Identity', 'output', [source], 'output');
  }

  private convolution(op: Conv2dOp | DepthwiseOp, folded: FoldedOp): void {
    const [height, width, channels] = op.shape;
    const from = this.shapeOf(op.inputs[0]);
    const groups = op.kind === 'conv2d' ? op.groups : channels;
    const perGroup = from[2] / groups;
    const window = (op.kernel - 1) * op.dilation + 1;
    const [top, bottom] = samePadding(from[0], height, window, op.stride);
    const [left, right] = samePadding(from[1], width, window, op.stride);
    const kernel = folded.kernel as Float32Array;
    const weights = this.constant(
      `${op.name}.kernel`,
      [channels, perGroup, op.kernel, op.kernel],
      op.kind === 'conv2d'
        ? toOihw(kernel, op.kernel, perGroup, channels)
        : toOihw(kernel, op.kernel, 1, channels),
    );
    const inputs = [this.input(folded), weights];
    if (folded.bias) inputs.push(this.constant(`${op.name}.bias`, [channels], folded.bias));
    this.node(op, 'Conv', inputs, [
      integers('kernel_shape', [op.kernel, op.kernel]),
      integers('strides', [op.stride, op.stride]),
      integers('dilations', [op.dilation, op.dilation]),
      integers('pads', [top, left, bottom, right]),
      integer('group', groups),
    ]);
  }

  /** On [batch, c, 1, 1] a dense layer is a 1x1 convolution. */
  private dense(op: Op, folded: FoldedOp): void {
    const input = this.shapeOf(op.inputs[0])[2];
    const units = op.shape[2];
    this.node(op, 'Conv', [
      this.input(folded),
      this.constant(
        `${op.name}.kernel`,
        [units, input, 1, 1],
        toOihw(folded.kernel as Float32Array, 1, input, units),
      ),
      this.constant(`${op.name}.bias`, [units], folded.bias as Float32Array),
    ]);
  }

  private affine(op: Op, folded: FoldedOp): void {
    const dims = [1, op.shape[2], 1, 1];
    const scaled = `${op.name}/scaled`;
    const scale = this.constant(`${op.name}.scale`, dims, folded.scale as Float32Array);
    this.push('Mul', scaled, [this.input(folded), scale], scaled);
    this.node(op, 'Add', [scaled, this.constant(`${op.name}.shift`, dims, folded.bias as Float32Array)]);
  }

  private activation(op: ActivationOp, folded: FoldedOp): void {
    const x = this.input(folded);
    switch (op.activation) {
      case 'relu':
        return this.node(op, 'Relu', [x]);
      case 'relu6': {
        const low = this.constant(`${op.name}.low`, [], Float32Array.of(0));
        return this.node(op, 'Clip', [x, low, this.constant(`${op.name}.high`, [], Float32Array.of(6))]);
      }
      case 'sigmoid':
        return this.node(op, 'Sigmoid', [x]);
      case 'hsigmoid':
        return this.node(op, 'HardSigmoid', [x], [real('alpha', 1 / 6), real('beta', 0.5)]);
      case 'hswish':
        return this.node(op, 'HardSwish', [x]);
      case 'swish': {
        const gate = `${op.name}/sigmoid`;
        this.push('Sigmoid', gate, [x], gate);
        return this.node(op, 'Mul', [x, gate]);
      }
      default:
        return unreachable(op.activation);
    }
  }

  /** x * (a M), M [G, C] with G where the channel is of the group: a 1x1 convolution of the weights a. */
  private groupScale(op: Extract<Op, { kind: 'groupScale' }>, folded: FoldedOp): void {
    const groups = op.sizes.length;
    const channels = op.shape[2];
    const spread = new Float32Array(channels * groups);
    let channel = 0;
    op.sizes.forEach((size, g) => {
      for (let i = 0; i < size; i++) spread[channel++ * groups + g] = groups;
    });
    const [x, weights] = this.inputs(folded) as [string, string];
    const scale = `${op.name}/weights`;
    const constant = this.constant(`${op.name}.spread`, [channels, groups, 1, 1], spread);
    this.push('Conv', scale, [weights, constant], scale);
    this.node(op, 'Mul', [x, scale]);
  }

  private input(folded: FoldedOp): string {
    return this.inputs(folded)[0] as string;
  }

  private inputs(folded: FoldedOp): string[] {
    return folded.inputs.map((id) => {
      const name = this.outputs.get(id);
      if (name === undefined)
        throw new InternalError(`op ${folded.op.name} reads op ${id} before it is made`);
      return name;
    });
  }

  private shapeOf(id: number | undefined): Shape {
    const shape = this.graph.ops[id ?? -1]?.shape;
    if (!shape) throw new InternalError(`no op ${id}`);
    return shape;
  }

  constant(name: string, dims: readonly number[], data: Float32Array): string {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.constants.push({ name, dims, dataType: float32, rawData });
    return name;
  }

  indices(name: string, values: readonly number[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values, (v) => BigInt(v)).buffer);
    this.constants.push({ name, dims: [values.length], dataType: int64, rawData });
    return name;
  }

  node(op: Op, opType: string, input: readonly string[], attribute: readonly Attribute[] = []): void {
    this.outputs.set(op.id, op.name);
    this.push(opType, op.name, input, op.name, attribute);
  }

  push(
    opType: string,
    name: string,
    input: readonly string[],
    output: string,
    attribute: readonly Attribute[] = [],
  ): void {
    this.nodes.push({ opType, name, input, output: [output], attribute });
  }
}

function valueInfo(name: string, dims: readonly (number | string)[]) {
  const dim = dims.map((d) => (typeof d === 'string' ? { dimParam: d } : { dimValue: d }));
  return { name, type: { tensorType: { elemType: float32, shape: { dim } } } };
}

export interface OnnxOptions {
  /** A fixed batch size; without it the batch is free (`batch`). */
  readonly batch?: number;
  /** Key and value pairs written into the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an ONNX model (IR version 8, opset 17, float32).
 * @throws InternalError when the weights do not fit the graph.
 */
export function encodeOnnx(graph: LayerGraph, weights: NamedWeights, options: OnnxOptions = {}): Uint8Array {
  const writer = new OnnxWriter(graph);
  const folded = foldBatchNorm(graph, weights);
  folded.forEach((op) => writer.add(op));
  const input = graph.ops[0];
  // Of a piece that ends in a batch norm, what that was folded into.
  const last = folded.at(-1)?.op;
  if (input?.kind !== 'input' || !last) throw new InternalError('a graph begins with its input');
  writer.finish(last);
  const batch = options.batch ?? 'batch';
  const nchw = ([h, w, c]: Shape) => [batch, c, h, w];
  const flat = last.shape[0] === 1 && last.shape[1] === 1;
  const model = {
    irVersion: 8,
    producerName: 'mixnas',
    producerVersion: packageVersion(),
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: writer.nodes,
      initializer: writer.constants,
      input: [valueInfo('image', nchw(input.shape))],
      output: [valueInfo('output', flat ? [batch, last.shape[2]] : nchw(last.shape))],
    },
  };
  return modelType.encode(modelType.fromObject(model)).finish();
}
