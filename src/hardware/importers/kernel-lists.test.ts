import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProfile } from '../profile/index.js';
import { networkLists } from './detect.js';

const rows = [
  'model,op,input_padded,in_channels,output,stride,kernel,filters,groups,phone_kernel',
  'net,CONV_2D,28,24,28,1,1,88,1,convolution_2d_0_linked_:_relu_1',
  'net,CONV_2D,28,88,28,1,1,24,1,convolution_2d_2_linked_:_add_3',
];

test('what networks are made of is read from the rows of GPU kernels, for a CPU with what a GPU merges', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-lists-'));
  try {
    const path = join(folder, 'ops.csv');
    writeFileSync(path, `${rows.join('\n')}\n`);
    const classes = (profile: string) =>
      networkLists(path, loadProfile(profile))
        .get('net')
        ?.map(({ op, fused }) => `${op} ${fused}`);
    expect(classes('mali-g76')).toEqual(['conv 0', 'conv 1']);
    expect(classes('pixel4-cpu-big-1t-float')).toEqual(['conv 0', 'conv 0', 'elementwise 0']);
    writeFileSync(path, 'model,op,size,input,output,kernel,stride\nnet,conv,28,24,88,1,1\n');
    expect(classes('mali-g76')).toEqual(['conv 0']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
