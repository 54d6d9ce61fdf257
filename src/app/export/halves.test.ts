/** Networks in two: wherever they are cut, both halves one behind the other answer as the network does. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOnnxRuntime } from '../../export/index.js';
import { tflite } from '../../formats/index.js';
import { lower, parseArchitecture } from '../../models/index.js';
import { exportNetworks } from './index.js';

let folder: string;
let path: string;
/** A residual block with a mixed convolution, squeeze-and-excitation, groups and swish, and one of unequal groups. */
const block = { op: 'inverted-residual', stride: 1, out: 8, activation: 'swish' } as const;
const architecture = {
  resolution: 16,
  classes: 5,
  stem: { out: 8 },
  blocks: [
    { ...block, kernels: [3, 5, 7], expansion: 3, seRatio: 0.25, expandGroups: 2, projectGroups: 2 },
    { ...block, kernels: [3, 5], split: 'exponential', expansion: 2, out: 12 },
  ],
  head: { out: 16 },
};
const onnx = await loadOnnxRuntime();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-halves-'));
  path = join(folder, 'net.json');
  writeFileSync(path, JSON.stringify(architecture));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ops = lower(parseArchitecture(architecture)).ops;
const formats = onnx ? (['tflite', 'onnx'] as const) : (['tflite'] as const);

test.each(formats)('cut behind every layer, %s', async (format) => {
  let packed = 0;
  // Behind the last layer and what only follows it there is nothing to run.
  const last = ops.findIndex(({ name }) => name === 'head.classifier' || name.startsWith('head.mean'));
  for (const { name } of ops.slice(1, last)) {
    const [file] = (await exportNetworks(path, { format, split: { after: name }, images: 2, out: folder }))
      .files;
    expect([name, file?.check?.agreement]).toEqual([name, 1]);
    expect(file?.check?.largestDifference).toBeLessThan(1e-5);
    if (/values packed into one/.test(file?.notes.join(' ') ?? '')) packed++;
  }
  expect(packed).toBeGreaterThan(5);
});

test('both files are written, and say what goes between them', async () => {
  const options = { split: { after: 'blocks.0.expand' }, out: join(folder, 'two'), images: 2 } as const;
  const [file] = (await exportNetworks(path, options)).files;
  expect(file?.path).toBe(join(folder, 'two', 'net-phone.tflite'));
  const tables = (name: string) => {
    const model = tflite.readTables(readFileSync(join(folder, 'two', name)), name);
    const [graph] = model.subgraphs ?? [];
    const tensor = (ids: ArrayLike<number> | undefined) => {
      const { name, shape } = graph?.tensors?.[ids?.[0] ?? -1] ?? {};
      return [name, [...(shape ?? [])]];
    };
    return { input: tensor(graph?.inputs), output: tensor(graph?.outputs) };
  };
  const phone = tables('net-phone.tflite');
  const server = tables('net-server.tflite');
  expect(phone.input[0]).toBe('image');
  expect(phone.output[0]).toBe('features');
  expect(server.input).toEqual(phone.output);
  expect(server.output).toEqual(['logits', [1, 5]]);
  expect(file?.notes.join(' ')).toMatch(/Cut after blocks\.0\.expand\..*features.*net-server\.tflite/);
});

test('the best cut of `split` is exported, and where there is none it is said', async () => {
  const link = { profile: 'adreno-616', bandwidthMbps: 1e5, rttMs: 0, precision: 'int8' } as const;
  const none = exportNetworks(path, { split: { ...link, server: '900' }, out: folder });
  await expect(none).rejects.toThrow(/fastest all on adreno-616: there is nothing to cut/);
  const all = exportNetworks(path, { split: { ...link, server: '0.0001' }, out: folder });
  await expect(all).rejects.toThrow(/fastest all on the server/);
});

test.each([
  [{ split: { after: 'nowhere' } }, /has no layer nowhere/],
  [{ split: { after: ops.at(-1)?.name ?? '' } }, /leaves one side nothing/],
  [{ split: { after: 'stem.conv' }, int8: true }, /Halves of a network are in floats/],
  [{ split: { after: 'stem.conv' }, format: 'pytorch' as const }, /pytorch has no halves/],
])('%j is refused', async (options, message) => {
  await expect(exportNetworks(path, { ...options, out: join(folder, 'refused') })).rejects.toThrow(message);
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});
