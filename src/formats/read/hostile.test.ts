import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { lower, parseArchitecture } from '../../models/index.js';
import { encodeOnnx, modelType } from '../onnx/index.js';
import { operatorCode, writeTables } from '../tflite/index.js';
import { randomWeights } from '../weights.js';
import { readModel } from './read.js';

const graph = lower(
  parseArchitecture({
    resolution: 8,
    classes: 2,
    stem: { out: 4 },
    blocks: [{ op: 'inverted-residual', kernels: [3, 5], expansion: 2, seRatio: 0.25, out: 4 }],
    head: { out: 4 },
  }),
);
const files = {
  'net.onnx': encodeOnnx(graph, randomWeights(graph, createRandom('hostile')), { batch: 1 }),
  'net.tflite': writeTables({
    version: 3,
    operatorCodes: [{ code: operatorCode('CONV_2D') }, { code: operatorCode('RESHAPE') }],
    buffers: [{}, { data: new Uint8Array(48) }, { data: new Uint8Array(Int32Array.of(1, 64).buffer) }],
    subgraphs: [
      {
        inputs: [0],
        outputs: [4],
        tensors: [
          { shape: [1, 4, 4, 3] },
          { shape: [4, 1, 1, 3], buffer: 1 },
          { shape: [2], type: 2, buffer: 2 },
          { shape: [1, 4, 4, 4] },
          { shape: [1, 64] },
        ],
        operators: [
          { code: 0, inputs: [0, 1], outputs: [3], optionsType: 1, options: { strideW: 1, strideH: 1 } },
          { code: 1, inputs: [3, 2], outputs: [4] },
        ],
      },
    ],
  }),
};

test.each(Object.entries(files))(
  '%s with changed bytes is read or refused in one sentence',
  (name, whole) => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.array(change, { maxLength: 8 }),
        fc.boolean(),
        (end, changes, cut) => {
          const bytes = whole.slice(0, cut ? end : whole.length);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          try {
            readModel(bytes, name);
          } catch (error) {
            expect(error).toMatchObject({ name: 'MixnasError', remedy: expect.any(String) });
          }
        },
      ),
      { numRuns: 1500 },
    );
  },
);

test('a shape that a file makes up of negative numbers is refused', () => {
  const dim = [1, 3, 4, 4].map((dimValue) => ({ dimValue }));
  const message = modelType.fromObject({
    graph: {
      node: [
        { opType: 'ConstantOfShape', input: ['s'], output: ['c'] },
        { opType: 'Add', input: ['x', 'c'], output: ['y'] },
      ],
      initializer: [{ name: 's', dims: [1], dataType: 7, int64Data: [-3] }],
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: [{ name: 'y' }],
    },
  });
  const bytes = modelType.encode(message).finish();
  expect(() => readModel(bytes, 'net.onnx')).toThrow('would have the shape [-3]');
});

/** A field of a protobuf message that holds bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = bytes.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}

test.each([5, 40, 2000])('%i graphs within graphs are read or refused in one sentence', (levels) => {
  const name = Buffer.from('x');
  // A graph's node (1) reads `x`, makes `x` and has an attribute (5) that is a graph (6).
  let graphs: Buffer = field(
    1,
    Buffer.concat([field(1, name), field(2, name), field(4, Buffer.from('Relu'))]),
  );
  for (let level = 0; level < levels; level++) {
    const parts = [field(1, name), field(2, name), field(4, Buffer.from('If')), field(5, field(6, graphs))];
    graphs = field(1, Buffer.concat(parts));
  }
  let said = 'read';
  try {
    readModel(field(7, graphs), 'deep.onnx');
  } catch (error) {
    said = String(error);
  }
  expect(said).toMatch(/^MixnasError: deep\.onnx: .*\.$/);
});
