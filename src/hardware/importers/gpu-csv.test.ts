import { expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { importGpuEndToEnd, importGpuOps } from './gpu-csv.js';

const header = 'model,op,input_padded,in_channels,output,stride,kernel,filters,groups,phone_us,phone_kernel';
const conv = 'net,CONV_2D,224,3,112,2,3,16,1,70.2,convolution_2d_0_linked_:_relu_1';
const read = (...lines: string[]) => [...importGpuOps(lines, 'ops.csv', ['phone'])];

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MixnasError && error.code === 'bad-data') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a row is a kernel with its fused additions, and whether an activation is fused', () => {
  const [plain, added] = read(header, conv, 'net,CONV_2D,7,96,7,1,1,32,1,5,convolution_2d_3_linked_:_add_4');
  expect(plain?.kernel).toEqual({
    op: 'conv',
    size: 112,
    input: 3,
    output: 16,
    kernel: 3,
    stride: 2,
    dilation: 1,
    groups: 1,
    fused: 0,
  });
  expect(plain?.activated).toBe(true);
  expect(added?.kernel.fused).toBe(1);
  expect(added?.activated).toBe(false);
});

test('a 1x1 convolution of a 1x1 image is a dense kernel, and a mean counts its channels from in_channels', () => {
  const [dense, mean] = read(
    header,
    'net,CONV_2D,1,96,1,1,1,24,1,3,fully_connected_1',
    'net,MEAN,14,96,96,,1,,,4,mean_2',
  );
  expect(dense?.kernel).toMatchObject({ op: 'dense', size: 1, input: 96, output: 24 });
  expect(mean?.kernel).toMatchObject({ op: 'mean', size: 14, output: 96 });
});

test.each([
  ['a missing column', ['model,op\n'.trim(), 'a,b'], /no column input_padded/],
  ['a cut-off line', [header, conv.slice(0, 30)], /line 2 has 9 of 11 fields/],
  ['a negative time', [header, conv.replace('70.2', '-1')], /line 2: phone_us is -1, not above 0/],
  ['a time that is no number', [header, conv.replace('70.2', 'NaN')], /phone_us is "NaN", not a number/],
  ['a channel that is missing', [header, conv.replace(',3,112', ',,112')], /in_channels is "", not a number/],
  ['an unknown op', [header, conv.replace('CONV_2D', 'FFT')], /line 2: unknown op FFT/],
  ['an empty file', [''], /the file is empty/],
])('%s is refused in one sentence that names the line', (_what, lines, message) => {
  expect(failure(() => read(...lines))).toMatch(message);
});

test('times are not read when no device is asked for', () => {
  const [launch] = [...importGpuOps([header, conv.replace('70.2', 'secret')], 'ops.csv', [])];
  expect(launch?.us).toEqual([]);
});

test('end-to-end columns are found by the name of the device, and wrong ones named', () => {
  const file = ['model,adreno640_mean_us,mali_g76_mean_us', 'net,10,20'];
  expect([...importGpuEndToEnd(file, 'e2e.csv', 'mali-g76')]).toEqual([
    { network: 'net', meanUs: 20, deviationUs: 0 },
  ]);
  expect(failure(() => [...importGpuEndToEnd(file, 'e2e.csv', 'ethos-u65')])).toMatch(
    /called like ethos-u65/,
  );
  expect(failure(() => [...importGpuEndToEnd(['model,a_mean_us', 'net,0'], 'e2e.csv', 'a')])).toMatch(
    /not above 0/,
  );
});

test('columns of settings are found by their whole beginning, and a network without a time is left out', () => {
  const file = [
    'model,FLOPS,size,pixel4|1large|float|mean,pixel4|1large|float|std,pixel4|1large1med|float|mean,pixel4|1large1med|float|std',
    'net,1,2,100,3,70,2',
    'other,1,2,,,90,4',
  ];
  const read = (device: string) => [...importGpuEndToEnd(file, 'cpu.csv', device)];
  expect(read('pixel4|1large|float|')).toEqual([{ network: 'net', meanUs: 100, deviationUs: 3 }]);
  expect(read('pixel4|1large|float')).toEqual(read('pixel4|1large|float|'));
  expect(read('pixel4|1large1med|float|').map(({ meanUs }) => meanUs)).toEqual([70, 90]);
  expect(failure(() => read('pixel4'))).toMatch(/no column of end-to-end times is called like pixel4/);
  expect(failure(() => read('pixel4|1large|int8|'))).toMatch(/called like pixel4\|1large\|int8\|/);
});
