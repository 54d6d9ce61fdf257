import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtinOperators, operatorCode } from './operators.js';
import { readTables } from './read-tables.js';
import { type TableInput, writeTables } from './write-tables.js';

const text = fc.string({ maxLength: 8 });
const ints = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 4 });
const floats = fc.array(fc.float({ noNaN: true }), { maxLength: 3 });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const model: fc.Arbitrary<TableInput<'Model'>> = fc.record({
  version: fc.constant(3),
  description: some(text),
  operatorCodes: fc.array(
    fc.record({
      oldCode: fc.integer({ min: 0, max: 127 }),
      custom: some(text),
      version: fc.nat(9),
      code: fc.nat(200),
    }),
    { maxLength: 3 },
  ),
  buffers: fc.array(fc.record({ data: some(fc.uint8Array({ maxLength: 40 })) }), { maxLength: 3 }),
  subgraphs: fc.array(
    fc.record({
      name: some(text),
      inputs: some(ints),
      tensors: fc.array(
        fc.record({
          shape: some(ints),
          type: fc.constantFrom(0, 9),
          buffer: fc.nat(),
          quantization: some(
            fc.record({
              scale: some(floats),
              zeroPoint: some(fc.array(fc.maxSafeInteger(), { maxLength: 3 })),
              axis: fc.nat(3),
            }),
          ),
        }),
        { maxLength: 3 },
      ),
      operators: fc.array(
        fc.record({
          code: fc.nat(3),
          optionsType: fc.constant(2),
          options: fc.record({
            strideW: fc.nat(),
            dilationW: fc.integer({ min: 1, max: 9 }),
            activation: fc.nat(3),
          }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});

test('a model that is written is read as it was, and written again to the same bytes', () => {
  fc.assert(
    fc.property(model, (input) => {
      const bytes = writeTables(input);
      const read = readTables(bytes, 'net.tflite');
      expect(read).toMatchObject(JSON.parse(JSON.stringify(input), revive) as object);
      expect(writeTables(read as TableInput<'Model'>)).toEqual(bytes);
      for (const { data } of read.buffers ?? []) {
        if (data) expect(data.byteOffset % 4).toBe(bytes.byteOffset % 4);
      }
    }),
  );
  /** JSON has no bytes, and writes them as an object with their places as keys. */
  function revive(this: unknown, key: string, value: unknown): unknown {
    return key === 'data' && value ? Uint8Array.from(Object.values(value as Record<string, number>)) : value;
  }
});

test('bytes that are changed or cut off give a model or one clear error', () => {
  const bytes = writeTables({
    version: 3,
    operatorCodes: [{ code: operatorCode('CONV_2D') }],
    buffers: [{ data: new Uint8Array(12) }],
    subgraphs: [
      { tensors: [{ shape: [1, 2, 2, 3], name: 'x' }], operators: [{ inputs: [0], outputs: [0] }] },
    ],
  });
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.array(fc.tuple(fc.nat(), fc.nat(255))), (length, changes) => {
      const broken = bytes.slice(0, length);
      for (const [at, value] of changes) if (length > 8) broken[8 + (at % (length - 8))] = value;
      try {
        readTables(broken, 'net.tflite');
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining('net.tflite: ') });
      }
    }),
    { numRuns: 2000 },
  );
});

test('tables that share their parts make no more values than the file has bytes', () => {
  const item = { inputs: Array.from({ length: 20_000 }, () => 0) };
  const big = writeTables({
    version: 3,
    subgraphs: [{ operators: [item, ...Array.from({ length: 20_000 }, () => ({}))] }],
  });
  expect(readTables(big, 'net.tflite').subgraphs?.[0]?.operators).toHaveLength(20_001);
  const hostile = shareFirst(big, 20_001);
  expect(() => readTables(hostile, 'net.tflite')).toThrow('its tables hold more values than it has bytes');
});

/** Lets every offset of the vector of `count` tables point at what the first points at. */
function shareFirst(bytes: Uint8Array, count: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 * count < bytes.length; at += 4) {
    if (view.getUint32(at, true) !== count) continue;
    const first = at + 4 + view.getUint32(at + 4, true);
    for (let i = 0; i < count; i++) view.setUint32(at + 4 + 4 * i, first - (at + 4 + 4 * i), true);
    return bytes;
  }
  throw new Error('no such vector');
}

test('built-in ops have the numbers of the schema', () => {
  const known = { ADD: 0, CONV_2D: 3, CUSTOM: 32, TRANSPOSE_CONV: 67, SPLIT_V: 102, HARD_SWISH: 117 };
  expect(Object.fromEntries(Object.keys(known).map((name) => [name, operatorCode(name)]))).toEqual(known);
  expect(builtinOperators[124]).toBe('DENSIFY');
  expect(builtinOperators[150]).toBe('GELU');
});
