import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { convolve, convolveDepthwise, paddingBefore } from './convolution.js';

const geometry = fc.record({
  height: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 7 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 2 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 3 }),
  inPerGroup: fc.integer({ min: 1, max: 3 }),
  outPerGroup: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer(),
});

/** The definition, sum by sum, in the order that runtimes and our trainer have: rows, columns, channels. */
function byDefinition(
  x: Float32Array,
  kernel: Float32Array,
  bias: Float32Array,
  [height, width, inChannels]: readonly [number, number, number],
  options: {
    k: number;
    stride: number;
    dilation: number;
    perGroup: number;
    outPerGroup: number;
    step: number;
  },
): number[] {
  const { k, stride, dilation, perGroup, outPerGroup, step } = options;
  const span = (k - 1) * dilation + 1;
  const [outHeight, outWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const top = paddingBefore(height, outHeight, span, stride);
  const left = paddingBefore(width, outWidth, span, stride);
  const result: number[] = [];
  for (let r = 0; r < outHeight; r++) {
    for (let c = 0; c < outWidth; c++) {
      for (let o = 0; o < bias.length; o++) {
        let sum = bias[o] as number;
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < k; j++) {
            const [row, column] = [r * stride - top + i * dilation, c * stride - left + j * dilation];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let n = 0; n < perGroup; n++) {
              const channel = Math.floor(o / outPerGroup) * perGroup + n;
              const weight =
                step === 1 ? (i * k + j) * bias.length + o : ((o * k + i) * k + j) * perGroup + n;
              sum +=
                (x[(row * width + column) * inChannels + channel] as number) * (kernel[weight] as number);
            }
          }
        }
        result.push(Math.fround(sum));
      }
    }
  }
  return result;
}

test('a convolution is its definition, to the last digit', () => {
  fc.assert(
    fc.property(
      geometry,
      ({ height, width, kernel: k, stride, dilation, groups, inPerGroup, outPerGroup, seed }) => {
        const random = createRandom(seed);
        const numbers = (length: number) => Float32Array.from({ length }, () => random.normal());
        const [inChannels, channels] = [groups * inPerGroup, groups * outPerGroup];
        const [x, bias] = [numbers(height * width * inChannels), numbers(channels)];
        const kernel = numbers(channels * k * k * inPerGroup);
        const to = [1, Math.ceil(height / stride), Math.ceil(width / stride), channels];
        const from = [1, height, width, inChannels];
        const actual = convolve(x, from, kernel, [channels, k, k, inPerGroup], bias, to, {
          stride,
          dilation,
          groups,
        });
        const options = { k, stride, dilation, perGroup: inPerGroup, outPerGroup, step: 0 };
        expect([...actual]).toEqual(byDefinition(x, kernel, bias, [height, width, inChannels], options));

        const [flat, own] = [numbers(k * k * inChannels), numbers(inChannels)];
        const depthwise = convolveDepthwise(
          x,
          from,
          flat,
          [1, k, k, inChannels],
          own,
          [...to.slice(0, 3), inChannels],
          {
            stride,
            dilation,
          },
        );
        const single = { k, stride, dilation, perGroup: 1, outPerGroup: 1, step: 1 };
        expect([...depthwise]).toEqual(byDefinition(x, flat, own, [height, width, inChannels], single));
      },
    ),
    { numRuns: 200 },
  );
});
