import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createRandom, packageRoot } from '../../base/index.js';
import { readModel, tflite } from '../../formats/index.js';
import { countCost, lower } from '../../models/index.js';
import { lowerNetwork, targetOptions } from '../lower/index.js';
import { quantizeGraph } from '../quantize/index.js';
import { referenceAt, someData, someImage, someWeights } from '../test-helpers/networks.js';
import { encodeTflite } from './encode.js';

/** The table of docs/supported-ops.md: by column, the ops that are taken. */
function supportedOps(): ReadonlyMap<string, ReadonlySet<string>> {
  const text = readFileSync(join(packageRoot(), 'docs', 'supported-ops.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => /^\| (op|[A-Z0-9_]+) \|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const [header = [], ...ops] = rows;
  return new Map(
    header
      .slice(2, -1)
      .map((name, i) => [
        name,
        new Set(ops.flatMap((cells) => (cells[i + 2] === 'yes' ? [cells[1] as string] : []))),
      ]),
  );
}

const supported = supportedOps();
const architecture = referenceAt('mixnet-s', 224);
let files: Readonly<Record<'float' | 'int8', Uint8Array>>;
/** Milliseconds that lowering, quantizing and encoding took, calibration apart. */
let took: number;

beforeAll(() => {
  const random = createRandom('ops mixnet-s');
  const weights = someWeights(architecture, random);
  const images = [someImage(architecture, random)];
  const graph = lowerNetwork(architecture, weights, someData, targetOptions('any'));
  const options = { calibration: 'min-max', equalise: false, correctBias: true } as const;
  const quantized = quantizeGraph(graph, images, { ...options, io: 'float' });
  const begin = process.cpuUsage();
  lowerNetwork(architecture, weights, someData, targetOptions('any'));
  const float = encodeTflite(quantized);
  took = process.cpuUsage(begin).user / 1000;
  files = { float, int8: encodeTflite(quantizeGraph(graph, images, { ...options, io: 'int8' })) };
}, 180_000);

const modelOf = (io: 'float' | 'int8') => tflite.readTables(files[io], `mixnet-s ${io}`);

test.each([...supported.keys()])('every op of MixNet-S at 224 in int8 is one that %s takes', (runtime) => {
  const { operatorCodes = [] } = modelOf(runtime.startsWith('Vela') ? 'int8' : 'float');
  const ops = operatorCodes.map(({ code }) => tflite.builtinOperators[code] as string);
  expect(ops).toContain('DEPTHWISE_CONV_2D');
  expect(supported.get(runtime)?.size).toBeGreaterThan(15);
  expect(ops.filter((op) => !supported.get(runtime)?.has(op))).toEqual([]);
});

test('its shapes, splits, means and scales are within the limits of all of them', () => {
  const model = modelOf('int8');
  const { tensors = [], operators = [] } = model.subgraphs?.[0] ?? {};
  for (const { shape = [] } of tensors) expect(shape.length).toBeLessThanOrEqual(4);
  const counts = new Map<string, number>();
  for (const { code, inputs = [], outputs = [] } of operators) {
    const name = tflite.builtinOperators[model.operatorCodes?.[code]?.code ?? -1] as string;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const [x, kernel, bias] = inputs.map((id) => tensors[id]);
    const scales = kernel?.quantization?.scale?.length ?? 0;
    if (name === 'SPLIT') expect(outputs.length).toBeLessThanOrEqual(4);
    if (name === 'MEAN') {
      const [, height = 0, width = 0] = x?.shape ?? [];
      expect(height * width).toBeLessThanOrEqual(4096);
    }
    if (name === 'CONCATENATION') {
      const all = [...inputs, ...outputs].map((id) => tensors[id]?.quantization?.scale?.[0]);
      expect(new Set(all).size).toBe(1);
    }
    if (name === 'FULLY_CONNECTED') expect(scales).toBe(1);
    if (name !== 'CONV_2D' && name !== 'DEPTHWISE_CONV_2D') continue;
    expect(bias?.shape?.length).toBe(1);
    const axis = name === 'CONV_2D' ? 0 : 3;
    expect(kernel?.quantization?.axis ?? 0).toBe(axis);
    expect(scales).toBe(kernel?.shape?.[axis]);
    const output = tensors[outputs[0] as number]?.quantization?.scale?.[0] as number;
    const factor = x?.quantization?.scale?.[0] as number;
    for (const scale of kernel?.quantization?.scale ?? [])
      expect((factor * scale) / output).toBeLessThan(256);
  }
  expect(counts.get('DEPTHWISE_CONV_2D')).toBeGreaterThan(30);
  expect(counts.get('MEAN')).toBeGreaterThan(5);
});

test('it is written in under two seconds, calibration apart, and read back to the last multiplication', () => {
  expect(took).toBeLessThan(2000);
  for (const io of ['float', 'int8'] as const) {
    const read = readModel(files[io], 'mixnet-s-int8.tflite');
    expect(read).toMatchObject({ precision: 'int8', unknown: [] });
    expect(countCost(read.graph).macs).toBe(countCost(lower(architecture)).macs);
  }
});
