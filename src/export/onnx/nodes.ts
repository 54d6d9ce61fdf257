/** Each node of the lowered graph in ONNX's ops. */
import { InternalError, unreachable } from '../../base/index.js';
import type {
  BinaryNode,
  ConvNode,
  DepthwiseNode,
  Fused,
  LoweredNode,
  MaxPoolNode,
  UnaryNode,
} from '../lower/index.js';
import { type Attribute, type OnnxFile, integer, integers } from './file.js';
import { type Layout, axisIn, shapeIn, toMap } from './layout.js';
import type { Shuffle } from './shuffles.js';
import type { Values } from './values.js';

const binaryTypes = { add: 'Add', subtract: 'Sub', multiply: 'Mul' } as const;
const unaryTypes = { relu: 'Relu', logistic: 'Sigmoid', hardSwish: 'HardSwish' } as const;

/** SAME padding of one axis: pixels before and after, the odd one after. */
function samePadding(input: number, output: number, window: number, stride: number): [number, number] {
  const total = Math.max((output - 1) * stride + window - input, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

export class NodeWriter {
  constructor(
    private readonly values: Values,
    private readonly file: OnnxFile,
  ) {}

  write(node: LoweredNode): void {
    const { values } = this;
    const [x = 0, second = 0] = node.inputs;
    const out = node.outputs[0] as number;
    switch (node.kind) {
      case 'conv2d':
      case 'depthwiseConv2d':
        return this.convolution(node);
      case 'dense': {
        const flat = this.flattened(node.name, x);
        const kernel = values.constant(second, values.shape(second));
        const bias = values.constant(node.inputs[2] as number, [values.shape(out).at(-1) as number]);
        return this.emit(node, 'Gemm', [flat, kernel, bias], 'plain', [integer('transB', 1)], node.fused);
      }
      case 'binary':
        return this.binary(node);
      case 'unary':
        return this.unary(node);
      case 'mean': {
        const layout = values.layout(x);
        const axes = node.axes.map((axis) => axisIn(layout, axis)).toSorted((a, b) => a - b);
        if (layout === 'map' && axes.join() === '2,3')
          return this.emit(node, 'GlobalAveragePool', [values.read(x)], 'map');
        return this.emit(node, 'ReduceMean', [values.read(x)], layout, [
          integers('axes', axes),
          integer('keepdims', 1),
        ]);
      }
      case 'maxPool':
        return this.maxPool(node);
      case 'softmax': {
        const layout = values.layout(x);
        const axis = axisIn(layout, values.shape(x).length - 1);
        return this.emit(node, 'Softmax', [values.read(x)], layout, [integer('axis', axis)]);
      }
      case 'split': {
        const layout = values.layout(x);
        const outputs = node.outputs.map((id) => values.make(id, layout));
        const axis = axisIn(layout, values.shape(x).length - 1);
        this.file.node('Split', node.name, [values.read(x)], outputs, [integer('axis', axis)]);
        for (const id of node.outputs) values.made(id);
        return;
      }
      case 'slice':
        return this.slice(node, node.begin);
      case 'concat': {
        const layout = values.layout(x);
        const axis = axisIn(layout, values.shape(x).length - 1);
        const inputs = node.inputs.map((id) => values.read(id, layout));
        return this.emit(node, 'Concat', inputs, layout, [integer('axis', axis)]);
      }
      case 'reshape':
        return this.reshape(node);
      case 'transpose':
        return this.emit(node, 'Transpose', [values.read(x, 'plain')], 'plain', [
          integers('perm', node.perm),
        ]);
      case 'pad': {
        const layout = values.layout(x);
        const pads = shapeInPairs(layout, node.pads);
        const ends = [...pads.map(([before]) => before), ...pads.map(([, after]) => after)];
        return this.emit(node, 'Pad', [values.read(x), this.file.indices(`${node.name}.pads`, ends)], layout);
      }
      case 'matmul': {
        let other = values.read(second, 'plain');
        if (node.transposeSecond) {
          const turned = `${node.name}/turned`;
          this.file.node('Transpose', turned, [other], [turned], [integers('perm', [0, 1, 3, 2])]);
          other = turned;
        }
        return this.emit(node, 'MatMul', [values.read(x, 'plain'), other], 'plain');
      }
      case 'quantize':
      case 'dequantize':
        // What they do stands at the value itself, as a pair.
        return this.emit(node, 'Identity', [values.read(x)], values.layout(x));
      default:
        return unreachable(node);
    }
  }

  /** Groups of channels interleaved: [groups, part] changes to [part, groups]. */
  shuffle({ first, last, groups }: Shuffle): void {
    const { values, file } = this;
    const [x, out] = [first.inputs[0] as number, last.outputs[0] as number];
    const [, height = 1, width = 1, channels = 1] = values.shape(x);
    const [parts, turned] = [`${last.name}/parts`, `${last.name}/turned`];
    const apart = file.indices(`${parts}.shape`, [1, groups, channels / groups, height, width]);
    file.node('Reshape', parts, [values.read(x, 'map'), apart], [parts]);
    file.node('Transpose', turned, [parts], [turned], [integers('perm', [0, 2, 1, 3, 4])]);
    const whole = file.indices(`${last.name}.shape`, [1, channels, height, width]);
    file.node('Reshape', last.name, [turned, whole], [values.make(out, 'map')]);
    values.made(out);
  }

  /** One node that makes the only output, and behind it the activation that is fused. */
  private emit(
    node: LoweredNode,
    opType: string,
    inputs: readonly string[],
    layout: Layout,
    attributes: readonly Attribute[] = [],
    fused: Fused = 'none',
  ): void {
    const { values, file } = this;
    const out = node.outputs[0] as number;
    const name = values.make(out, layout);
    const made = fused === 'none' ? name : `${name}/linear`;
    file.node(opType, node.name, inputs, [made], attributes);
    if (fused !== 'none') this.activate(`${node.name}/${fused}`, fused, made, name);
    values.made(out);
  }

  private activate(name: string, kind: 'relu' | 'relu6', from: string, to: string): void {
    const { file } = this;
    if (kind === 'relu') return file.node('Relu', name, [from], [to]);
    const bound = (role: string, value: number) =>
      file.constant(`${name}.${role}`, [], Float32Array.of(value));
    file.node('Clip', name, [from, bound('low', 0), bound('high', 6)], [to]);
  }

  /** Paddings of a window over a map: before both axes, then after. */
  private pads(x: number, out: number, window: number, stride: number): Attribute {
    const [from, to] = [this.values.shape(x), this.values.shape(out)];
    const [top, bottom] = samePadding(from[1] as number, to[1] as number, window, stride);
    const [left, right] = samePadding(from[2] as number, to[2] as number, window, stride);
    return integers('pads', [top, left, bottom, right]);
  }

  private convolution(node: ConvNode | DepthwiseNode): void {
    const { values } = this;
    const [x, weights, bias] = node.inputs as [number, number, number];
    const out = node.outputs[0] as number;
    const channels = values.shape(out)[3] as number;
    const shape = values.shape(weights);
    const [, size = 1] = shape;
    // [out, k, k, in] becomes [out, in, k, k]; a depthwise [1, k, k, channels] becomes [channels, 1, k, k].
    const order = node.kind === 'conv2d' ? toMap : [3, 0, 1, 2];
    const dims = order.map((axis) => shape[axis] as number);
    const inputs = [
      values.read(x, 'map'),
      values.constant(weights, dims, order),
      values.constant(bias, [channels]),
    ];
    const attributes = [
      integers('kernel_shape', [size, size]),
      integers('strides', [node.stride, node.stride]),
      integers('dilations', [node.dilation, node.dilation]),
      this.pads(x, out, (size - 1) * node.dilation + 1, node.stride),
      integer('group', node.kind === 'conv2d' ? node.groups : channels),
    ];
    this.emit(node, 'Conv', inputs, 'map', attributes, node.fused);
  }

  private maxPool(node: MaxPoolNode): void {
    const { kernel, stride } = node;
    const [x, out] = [node.inputs[0] as number, node.outputs[0] as number];
    this.emit(node, 'MaxPool', [this.values.read(x, 'map')], 'map', [
      integers('kernel_shape', [kernel, kernel]),
      integers('strides', [stride, stride]),
      this.pads(x, out, kernel, stride),
    ]);
  }

  private binary(node: BinaryNode): void {
    const { values, file } = this;
    const [x, second] = node.inputs as [number, number];
    const layout = values.layout(x);
    const other = values.isConstant(second) ? this.broadcast(second, x, layout) : values.read(second, layout);
    const inputs = [values.read(x, layout), other];
    if (node.operator !== 'squaredDifference')
      return this.emit(node, binaryTypes[node.operator], inputs, layout, [], node.fused);
    const difference = `${node.name}/difference`;
    file.node('Sub', difference, inputs, [difference]);
    this.emit(node, 'Mul', [difference, difference], layout);
  }

  /** A constant that is repeated along a value: numbers of channels stand on the axis of channels. */
  private broadcast(id: number, x: number, layout: Layout): string {
    const { values } = this;
    const own = values.shape(id);
    const rank = values.shape(x).length;
    if (layout === 'plain' || own.every((size) => size === 1)) {
      return values.constant(id, own.every((size) => size === 1) ? [] : own);
    }
    const whole = [...new Array<number>(rank - own.length).fill(1), ...own];
    if (whole.slice(0, -1).some((size) => size !== 1))
      throw new InternalError(`${values.nameOf(id)} is no row of channels`);
    return values.constant(id, shapeIn('map', whole));
  }

  private unary(node: UnaryNode): void {
    const { values, file } = this;
    const x = node.inputs[0] as number;
    const layout = values.layout(x);
    const from = values.read(x);
    if (node.operator === 'relu6') {
      const out = node.outputs[0] as number;
      this.activate(node.name, 'relu6', from, values.make(out, layout));
      return values.made(out);
    }
    if (node.operator !== 'rsqrt') return this.emit(node, unaryTypes[node.operator], [from], layout);
    const root = `${node.name}/root`;
    file.node('Sqrt', root, [from], [root]);
    this.emit(node, 'Reciprocal', [root], layout);
  }

  private slice(node: LoweredNode, begin: readonly number[]): void {
    const { values, file } = this;
    const x = node.inputs[0] as number;
    const layout = values.layout(x);
    const [from, to] = [values.shape(x), values.shape(node.outputs[0] as number)];
    const cut = from.map((_, axis) => axis).filter((axis) => from[axis] !== to[axis]);
    const list = (role: string, of: (axis: number) => number) =>
      file.indices(`${node.name}.${role}`, cut.map(of));
    const ends = (axis: number) => (begin[axis] as number) + (to[axis] as number);
    const inputs = [
      values.read(x),
      list('begin', (axis) => begin[axis] as number),
      list('end', ends),
      list('axes', (axis) => axisIn(layout, axis)),
    ];
    this.emit(node, 'Slice', inputs, layout);
  }

  /** Where a map has one pixel, its numbers lie alike in both layouts. */
  private reshape(node: LoweredNode): void {
    const { values, file } = this;
    const [x, out] = [node.inputs[0] as number, node.outputs[0] as number];
    const onePixel = (shape: readonly number[]) => shape.length === 4 && shape[1] === 1 && shape[2] === 1;
    const to = values.shape(out);
    // A map again: of one pixel, or of as many as the next reader takes for one.
    const layout: Layout = onePixel(to) ? 'map' : 'plain';
    const from = onePixel(values.shape(x)) ? values.read(x) : values.read(x, 'plain');
    this.emit(node, 'Reshape', [from, file.indices(`${node.name}.shape`, shapeIn(layout, to))], layout);
  }

  /** A dense layer's input as [1, elements], in the lowered graph's order. */
  private flattened(name: string, x: number): string {
    const { values, file } = this;
    const shape = values.shape(x);
    if (shape.length === 2) return values.read(x);
    const onePixel = shape[1] === 1 && shape[2] === 1;
    const flat = `${name}/flat`;
    file.node(
      'Flatten',
      flat,
      [values.read(x, onePixel ? values.layout(x) : 'plain')],
      [flat],
      [integer('axis', 1)],
    );
    return flat;
  }
}

function shapeInPairs(layout: Layout, pads: readonly (readonly [number, number])[]) {
  return layout === 'map' ? toMap.map((axis) => pads[axis] as readonly [number, number]) : pads;
}
