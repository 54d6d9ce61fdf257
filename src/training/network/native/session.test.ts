import { expect, test } from 'vitest';
import { GraphWriter } from './graph-writer.js';
import { Session } from './session.js';

/** A binding that keeps what it is given and computes nothing. */
function fakeRuntime() {
  const created: (Float32Array | Int32Array)[] = [];
  const deleted: number[] = [];
  const binding = {
    TF_FLOAT: 1,
    TF_INT32: 3,
    createTensor: (_shape: number[], _dtype: number, values: Float32Array | Int32Array) =>
      created.push(values),
    deleteTensor: (id: number) => deleted.push(id),
    loadSavedModel: () => 1,
    deleteSavedModel: () => {},
    runSavedModel: () => [],
  };
  return { runtime: { tf: { backend: () => ({ binding }) } }, created, deleted };
}

test('arrays are fed as copies that are out of alignment, so that no variable can keep their memory', () => {
  const { runtime, created, deleted } = fakeRuntime();
  const session = new Session(runtime, new GraphWriter());
  const fed = [Float32Array.of(1, 2, 3), Int32Array.of(7), new Float32Array(1000).fill(2)];
  session.fetch(Object.fromEntries(fed.map((data, i) => [`x${i}`, { shape: [data.length], data }])), []);
  expect(created).toEqual(fed);
  for (const [i, copy] of created.entries()) {
    expect(copy.buffer).not.toBe(fed[i]?.buffer);
    // An allocation is aligned to at least 8 bytes, and TensorFlow shares memory aligned to 16 or more.
    expect(copy.byteOffset % 8).toBe(4);
  }
  expect(deleted).toEqual([1, 2, 3]);
});
