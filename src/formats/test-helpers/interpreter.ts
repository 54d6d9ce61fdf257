/**
 * A layer graph computed the plain way, loop by loop, for one image: slow, obvious, and without any library.
 * What the writers of this folder are tested against.
 */
import { unreachable } from '../../base/index.js';
import {
  type Activation,
  type AttentionOp,
  type LayerGraph,
  type MaxPoolOp,
  type Op,
  type Shape,
  gateSlack,
} from '../../models/index.js';
import { type NamedWeights, weightOf } from '../weights.js';

const functions: Record<Activation, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  swish: (x) => x / (1 + Math.exp(-x)),
  hsigmoid: (x) => Math.min(6, Math.max(0, x + 3)) / 6,
  hswish: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
};

interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

function convolve(
  x: Float64Array,
  from: Shape,
  to: Shape,
  window: Window,
  /** The weight from input channel i to output channel o at (row, column) of the kernel. */
  weight: (row: number, column: number, i: number, o: number) => number,
): Float64Array {
  const y = new Float64Array(to[0] * to[1] * to[2]);
  const span = (window.kernel - 1) * window.dilation + 1;
  const before = (input: number, output: number) =>
    Math.floor(Math.max((output - 1) * window.stride + span - input, 0) / 2);
  for (let r = 0; r < to[0]; r++) {
    for (let c = 0; c < to[1]; c++) {
      for (let o = 0; o < to[2]; o++) {
        let sum = 0;
        for (let kr = 0; kr < window.kernel; kr++) {
          for (let kc = 0; kc < window.kernel; kc++) {
            const row = r * window.stride + kr * window.dilation - before(from[0], to[0]);
            const column = c * window.stride + kc * window.dilation - before(from[1], to[1]);
            if (row < 0 || column < 0 || row >= from[0] || column >= from[1]) continue;
            for (let i = 0; i < from[2]; i++) {
              sum += (x[(row * from[1] + column) * from[2] + i] as number) * weight(kr, kc, i, o);
            }
          }
        }
        y[(r * to[1] + c) * to[2] + o] = sum;
      }
    }
  }
  return y;
}

function maxPool(x: Float64Array, from: Shape, { shape, kernel, stride }: MaxPoolOp): Float64Array {
  const [height, width, channels] = shape;
  const before = (input: number, output: number) =>
    Math.floor(Math.max((output - 1) * stride + kernel - input, 0) / 2);
  return new Float64Array(height * width * channels).map((_, i) => {
    const [c, column, row] = [
      i % channels,
      Math.floor(i / channels) % width,
      Math.floor(i / channels / width),
    ];
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < kernel * kernel; k++) {
      const r = row * stride + Math.floor(k / kernel) - before(from[0], height);
      const s = column * stride + (k % kernel) - before(from[1], width);
      if (r < 0 || s < 0 || r >= from[0] || s >= from[1]) continue;
      largest = Math.max(largest, x[(r * from[1] + s) * channels + c] as number);
    }
    return largest;
  });
}

function layerNorm(
  x: Float64Array,
  channels: number,
  epsilon: number,
  gamma: Float32Array,
  beta: Float32Array,
): Float64Array {
  const y = new Float64Array(x.length);
  for (let begin = 0; begin < x.length; begin += channels) {
    const pixel = x.subarray(begin, begin + channels);
    const mean = pixel.reduce((sum, v) => sum + v, 0) / channels;
    const variance = pixel.reduce((sum, v) => sum + (v - mean) ** 2, 0) / channels;
    pixel.forEach((v, c) => {
      const unit = (v - mean) / Math.sqrt(variance + epsilon);
      y[begin + c] = unit * (gamma[c] as number) + (beta[c] as number);
    });
  }
  return y;
}

function attention(x: Float64Array, { shape, heads, patch }: AttentionOp): Float64Array {
  const [height, width, channels] = shape;
  const size = channels / heads;
  const y = new Float64Array(height * width * channels);
  const value = (pixel: number, part: number, c: number) =>
    x[pixel * 3 * channels + part * channels + c] as number;
  for (let pixel = 0; pixel < height * width; pixel++) {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const others = Array.from({ length: height * width }, (_, i) => i).filter(
      (i) => Math.floor(i / width) % patch === row % patch && (i % width) % patch === column % patch,
    );
    for (let head = 0; head < heads; head++) {
      const c0 = head * size;
      const powers = others.map((other) => {
        let score = 0;
        for (let c = c0; c < c0 + size; c++) score += value(pixel, 0, c) * value(other, 1, c);
        return Math.exp(score / Math.sqrt(size));
      });
      const total = powers.reduce((a, b) => a + b, 0);
      for (let c = c0; c < c0 + size; c++) {
        const sum = others.reduce((s, other, i) => s + (powers[i] as number) * value(other, 2, c), 0);
        y[pixel * channels + c] = sum / total;
      }
    }
  }
  return y;
}

/** The value of one op, from those of its inputs. Arrays are NHWC of one image. */
function evaluateOp(op: Op, inputs: Float64Array[], shapes: Shape[], weights: NamedWeights): Float64Array {
  const x = inputs[0] as Float64Array;
  const from = shapes[0] as Shape;
  const channels = op.shape[2];
  const array = (role: string) => weightOf(weights, `${op.name}.${role}`);
  switch (op.kind) {
    case 'input':
    case 'dropout':
      return x;
    case 'conv2d': {
      const kernel = array('kernel');
      const perGroup = from[2] / op.groups;
      const outPerGroup = channels / op.groups;
      const y = convolve(x, from, op.shape, op, (r, c, i, o) => {
        if (Math.floor(i / perGroup) !== Math.floor(o / outPerGroup)) return 0;
        return kernel[((r * op.kernel + c) * perGroup + (i % perGroup)) * channels + o] as number;
      });
      return op.bias ? y.map((v, i) => v + (array('bias')[i % channels] as number)) : y;
    }
    case 'depthwiseConv2d': {
      const kernel = array('kernel');
      return convolve(x, from, op.shape, op, (r, c, i, o) =>
        i === o ? (kernel[(r * op.kernel + c) * channels + o] as number) : 0,
      );
    }
    case 'dense': {
      const kernel = array('kernel');
      const bias = array('bias');
      const y = convolve(
        x,
        from,
        op.shape,
        { kernel: 1, stride: 1, dilation: 1 },
        (_r, _c, i, o) => kernel[i * channels + o] as number,
      );
      return y.map((v, i) => v + (bias[i % channels] as number));
    }
    case 'batchNorm': {
      const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(array) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      return x.map((v, i) => {
        const c = i % channels;
        const scaled = (v - (mean[c] as number)) / Math.sqrt((variance[c] as number) + op.epsilon);
        return scaled * (gamma[c] as number) + (beta[c] as number);
      });
    }
    case 'activation':
      return x.map(functions[op.activation]);
    case 'slice':
      return x.filter((_, i) => i % from[2] >= op.begin && i % from[2] < op.begin + channels);
    case 'concat': {
      const pixels = op.shape[0] * op.shape[1];
      const parts = Array.from({ length: pixels }, (_, p) =>
        inputs.flatMap((part, k) => {
          const width = (shapes[k] as Shape)[2];
          return [...part.subarray(p * width, (p + 1) * width)];
        }),
      );
      return Float64Array.from(parts.flat());
    }
    case 'add':
      return x.map((v, i) => v + ((inputs[1] as Float64Array)[i] as number));
    case 'multiply': {
      const y = inputs[1] as Float64Array;
      return x.map((v, i) => v * (y[y.length === channels ? i % channels : i] as number));
    }
    case 'mean': {
      const pixels = from[0] * from[1];
      return Float64Array.from({ length: channels }, (_, c) => {
        let sum = 0;
        for (let p = 0; p < pixels; p++) sum += x[p * channels + c] as number;
        return sum / pixels;
      });
    }
    case 'softmax': {
      if (op.independent) return x.map(functions.sigmoid);
      const largest = Math.max(...x);
      const powers = x.map((v) => Math.exp(v - largest));
      const total = powers.reduce((a, b) => a + b, 0);
      return powers.map((v) => v / total);
    }
    case 'maxPool':
      return maxPool(x, from, op);
    case 'shuffle': {
      const part = channels / op.groups;
      return x.map((_, i) => {
        const c = i % channels;
        return x[i - c + (c % op.groups) * part + Math.floor(c / op.groups)] as number;
      });
    }
    case 'layerNorm':
      return layerNorm(x, channels, op.epsilon, array('gamma'), array('beta'));
    case 'attention':
      return attention(x, op);
    case 'hardGate': {
      const threshold =
        op.threshold === 'learned' ? 1 / (1 + Math.exp(-(array('threshold')[0] as number))) : op.threshold;
      return x.map((a) => (a * channels >= threshold - gateSlack ? a : 0));
    }
    case 'groupScale': {
      const groupOf = op.sizes.flatMap((size, g) => new Array<number>(size).fill(g));
      const gate = inputs[1] as Float64Array;
      return x.map((v, i) => v * op.sizes.length * (gate[groupOf[i % channels] as number] as number));
    }
    default:
      return unreachable(op);
  }
}

/**
 * The graph's output for one image in inference mode.
 * @param image NHWC values of the graph's input.
 */
export function interpret(graph: LayerGraph, weights: NamedWeights, image: Float32Array): Float64Array {
  const values: Float64Array[] = [];
  for (const op of graph.ops) {
    const inputs =
      op.kind === 'input' ? [Float64Array.from(image)] : op.inputs.map((id) => values[id] as Float64Array);
    const shapes = op.inputs.map((id) => (graph.ops[id] as Op).shape);
    values.push(evaluateOp(op, inputs, shapes, weights));
  }
  return values.at(-1) as Float64Array;
}
