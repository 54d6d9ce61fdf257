/**
 * Each node as a built-in op of TensorFlow Lite: its name, version, options and inputs. Versions are the lowest
 * that define what is used, as `tensorflow/lite/tools/versioning/op_version.cc` gives them, so that runtimes of
 * 2020 load the files.
 */
import { tflite } from '../../formats/index.js';
import { unreachable } from '../../base/index.js';
import type { Fused, LoweredNode } from '../lower/index.js';
import type { Tensors } from './tensors.js';

export interface OperatorForm {
  readonly name: string;
  readonly version: number;
  readonly inputs: readonly number[];
  /** The number of the table of options in its union, and the options. */
  readonly optionsType?: number;
  readonly options?: tflite.Options;
}

const activationNumber = (fused: Fused) =>
  tflite.fusedActivations.indexOf(fused === 'none' ? 'linear' : fused);

/** SAME padding is 0 in the enum. */
const window = (stride: number, dilation: number, fused: Fused) => ({
  padding: 0,
  strideW: stride,
  strideH: stride,
  dilationW: dilation,
  dilationH: dilation,
  activation: activationNumber(fused),
});

const binaryOperators = {
  add: ['ADD', 11],
  subtract: ['SUB', 28],
  multiply: ['MUL', 21],
} as const;

const unaryOperators = {
  relu: 'RELU',
  relu6: 'RELU6',
  logistic: 'LOGISTIC',
  rsqrt: 'RSQRT',
} as const;

/** The op that a node is written as; constants that only the format has are added to the tensors. */
export function operatorOf(node: LoweredNode, t: Tensors): OperatorForm {
  const inputs = node.inputs.map((id) => t.of(id));
  const first = node.inputs[0] as number;
  const isInt8 = t.quantization(first) !== undefined;
  /** Int8 came with version 2 of most ops. */
  const version = isInt8 ? 2 : 1;
  switch (node.kind) {
    case 'conv2d': {
      const options = window(node.stride, node.dilation, node.fused);
      const grouped = node.groups > 1 ? 6 : undefined;
      return { name: 'CONV_2D', version: grouped ?? (isInt8 ? 3 : 1), inputs, optionsType: 1, options };
    }
    case 'depthwiseConv2d': {
      const options = { ...window(node.stride, node.dilation, node.fused), multiplier: 1 };
      const dilated = node.dilation > 1 ? 2 : 1;
      return { name: 'DEPTHWISE_CONV_2D', version: isInt8 ? 3 : dilated, inputs, optionsType: 2, options };
    }
    case 'dense': {
      const options = { activation: activationNumber(node.fused) };
      return { name: 'FULLY_CONNECTED', version: isInt8 ? 4 : 1, inputs, optionsType: 8, options };
    }
    case 'binary': {
      if (node.operator === 'squaredDifference') return { name: 'SQUARED_DIFFERENCE', version, inputs };
      const [name, optionsType] = binaryOperators[node.operator];
      return { name, version, inputs, optionsType, options: { activation: activationNumber(node.fused) } };
    }
    case 'unary':
      if (node.operator === 'hardSwish')
        return { name: 'HARD_SWISH', version: 1, inputs, optionsType: 91, options: {} };
      return { name: unaryOperators[node.operator], version, inputs };
    case 'split': {
      const axis = t.integers('axis', [3], true);
      const options = { parts: node.outputs.length };
      return { name: 'SPLIT', version, inputs: [axis, ...inputs], optionsType: 35, options };
    }
    case 'slice': {
      const begin = t.integers('begin', node.begin);
      const size = t.integers('size', t.shapeOf(node.outputs[0] as number));
      return { name: 'SLICE', version, inputs: [...inputs, begin, size], optionsType: 48, options: {} };
    }
    case 'concat': {
      const options = { axis: t.shapeOf(first).length - 1 };
      return { name: 'CONCATENATION', version, inputs, optionsType: 10, options };
    }
    case 'mean': {
      const axes = t.integers('axes', node.axes);
      return {
        name: 'MEAN',
        version,
        inputs: [...inputs, axes],
        optionsType: 27,
        options: { keepDims: true },
      };
    }
    case 'maxPool': {
      const { kernel: k, stride } = node;
      const options = { padding: 0, strideW: stride, strideH: stride, filterW: k, filterH: k };
      return { name: 'MAX_POOL_2D', version, inputs, optionsType: 5, options };
    }
    case 'softmax':
      return { name: 'SOFTMAX', version, inputs, optionsType: 9, options: { beta: 1 } };
    case 'reshape': {
      const shape = t.shapeOf(node.outputs[0] as number);
      const constant = t.integers('shape', shape);
      return {
        name: 'RESHAPE',
        version: 1,
        inputs: [...inputs, constant],
        optionsType: 17,
        options: { newShape: shape },
      };
    }
    case 'transpose': {
      const perm = t.integers('perm', node.perm);
      return { name: 'TRANSPOSE', version, inputs: [...inputs, perm], optionsType: 26, options: {} };
    }
    case 'pad': {
      const pads = t.pairs('pads', node.pads);
      return { name: 'PAD', version, inputs: [...inputs, pads], optionsType: 22, options: {} };
    }
    case 'matmul': {
      const options = { adjointX: false, adjointY: node.transposeSecond };
      return { name: 'BATCH_MATMUL', version, inputs, optionsType: 101, options };
    }
    case 'quantize':
      return { name: 'QUANTIZE', version, inputs, optionsType: 89, options: {} };
    case 'dequantize':
      return { name: 'DEQUANTIZE', version, inputs, optionsType: 38, options: {} };
    default:
      return unreachable(node);
  }
}
