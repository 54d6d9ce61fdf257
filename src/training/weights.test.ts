import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Weights } from './network/variables.js';
import { decodeWeights, encodeWeights } from './weights.js';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const array = shape.chain((dimensions) => {
  const size = dimensions.reduce((product, n) => product * n, 1);
  return fc
    .array(fc.float({ noNaN: true }), { minLength: size, maxLength: size })
    .map((values) => ({ shape: dimensions, data: Float32Array.from(values) }));
});
const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__' && text !== '__proto__');
const weights: fc.Arbitrary<Weights> = fc
  .array(fc.tuple(name, array), { maxLength: 5 })
  .map((entries) => new Map(entries));

describe('a weights file', () => {
  test('decodes to what was encoded, metadata included', () => {
    fc.assert(
      fc.property(weights, fc.dictionary(name, fc.string()), (original, metadata) => {
        const decoded = decodeWeights(encodeWeights(original, metadata));
        expect(new Map(decoded.weights)).toEqual(original);
        expect({ ...decoded.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  test('is laid out as the safetensors format says', () => {
    const bytes = encodeWeights(new Map([['w', { shape: [2], data: Float32Array.of(1, -2) }]]));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString())).toEqual({
      __metadata__: {},
      w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    });
    expect(view.getFloat32(8 + length, true)).toBe(1);
    expect(view.getFloat32(12 + length, true)).toBe(-2);
  });

  test('that was cut off anywhere is refused with one sentence', () => {
    const bytes = encodeWeights(new Map([['w', { shape: [3], data: Float32Array.of(1, 2, 3) }]]), { a: 'b' });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeWeights(bytes.subarray(0, length), 'w.safetensors')).toThrow(
        /^w\.safetensors: [^.]*(cut off|not a safetensors)[^.]*\.$/,
      );
    }
  });

  test('with a shape that does not fit, another type or a broken header is refused', () => {
    const file = (header: unknown, data = 8) => {
      const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(json.length));
      return Buffer.concat([length, json, Buffer.alloc(data)]);
    };
    const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    expect(decodeWeights(file({ w: entry })).weights.get('w')?.data).toEqual(new Float32Array(2));
    expect(() => decodeWeights(file({ w: { ...entry, shape: [3] } }))).toThrow('w has another size');
    expect(() => decodeWeights(file({ w: { ...entry, dtype: 'BF16' } }))).toThrow('type BF16');
    expect(() => decodeWeights(file({ w: { ...entry, extra: 1 } }))).toThrow('unknown key `extra`');
    expect(() => decodeWeights(file({ w: [] }))).toThrow('the weights, w');
    expect(() => decodeWeights(file('{"w":'))).toThrow('its header is not JSON');
    expect(() => decodeWeights(Buffer.from('version https://git-lfs.github.com/spec/v1'))).toThrow(
      'not a safetensors file',
    );
  });
});
