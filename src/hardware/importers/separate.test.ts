import { expect, test } from 'vitest';
import { importGpuOps } from './gpu-csv.js';
import { separateKernels } from './separate.js';

const header = 'model,op,input_padded,in_channels,output,stride,kernel,filters,groups,phone_us,phone_kernel';

/** The kernels that a CPU runs, as `class size channels window`. */
function kernelsOf(...rows: string[]): string[] {
  const lines = [header, ...rows.map((row) => `net,${row.replace(/,(?=[a-z_0-9:]+$)/, ',1,')}`)];
  return separateKernels([...importGpuOps(lines, 'ops.csv', [])]).map(
    ({ op, size, output, kernel }) => `${op} ${size} ${output} ${kernel}`,
  );
}

test('additions and hard swish are kernels of their own, ReLU is not', () => {
  expect(
    kernelsOf(
      'CONV_2D,28,24,28,1,1,88,1,convolution_2d_0_linked_:_relu_1',
      'CONV_2D,28,88,28,1,1,24,1,convolution_2d_2_linked_:_add_3_linked_:_relu_4',
      'CONV_2D,28,24,28,1,1,96,1,convolution_2d_5_linked_:_hard_swish_6',
    ),
  ).toEqual(['conv 28 88 1', 'conv 28 24 1', 'elementwise 28 24 2', 'conv 28 96 1', 'elementwise 28 96 1']);
});

test('what has a number but no row ran too: padding, scaling, batch normalisation, swish', () => {
  expect(
    kernelsOf(
      'CONV_2D,56,8,56,1,1,16,1,convolution_2d_0',
      'DEPTHWISE_CONV_2D,58,16,28,2,3,1,1,depthwise_convolution_2_linked_:_relu_3',
      'MEAN,28,16,16,,1,,,mean_4',
      'CONV_2D,1,16,1,1,1,8,1,fully_connected_5_linked_:_relu_6',
      'CONV_2D,1,8,1,1,1,16,1,fully_connected_7_linked_:_sigmoid_8',
      'CONV_2D,28,16,28,1,1,24,1,convolution_2d_10',
      'CONV_2D,28,24,28,1,1,32,1,convolution_2d_14',
      'CONV_2D,28,32,28,1,1,8,1,convolution_2d_17',
    ),
  ).toEqual([
    'conv 56 16 1',
    'slice 58 16 1',
    'depthwise 28 16 3',
    'mean 28 16 1',
    'dense 1 8 1',
    'dense 1 16 1',
    'elementwise 1 16 1',
    'elementwise 28 16 1',
    'conv 28 24 1',
    // Scale and shift of a batch normalisation that nothing could be folded into.
    'elementwise 28 24 1',
    'elementwise 28 24 1',
    'conv 28 32 1',
    // x times its logistic.
    'elementwise 28 32 1',
    'elementwise 28 32 2',
    'conv 28 8 1',
  ]);
});

test('a mixed convolution begins with a slice for each of its parts', () => {
  expect(
    kernelsOf(
      'CONV_2D,14,40,14,1,1,240,1,convolution_2d_0_linked_:_relu_1',
      'DEPTHWISE_CONV_2D,16,120,14,1,3,1,1,depthwise_convolution_4',
      'DEPTHWISE_CONV_2D,18,120,14,1,5,1,1,depthwise_convolution_6',
      'CONCATENATION,14,120,14,,2,240,,concat_7',
    ),
  ).toEqual([
    'conv 14 240 1',
    'slice 14 120 1',
    'slice 16 120 1',
    'depthwise 14 120 3',
    'slice 14 120 1',
    'slice 18 120 1',
    'depthwise 14 120 5',
    'concat 14 240 2',
  ]);
  // Branches that read the same map are no split.
  expect(
    kernelsOf(
      'CONV_2D,14,40,14,1,1,240,1,convolution_2d_0',
      'CONV_2D,14,240,14,1,1,120,1,convolution_2d_1',
      'CONV_2D,14,240,14,1,1,120,1,convolution_2d_2',
      'CONCATENATION,14,120,14,,2,240,,concat_3',
    ).filter((kernel) => kernel.startsWith('slice')),
  ).toEqual([]);
});
