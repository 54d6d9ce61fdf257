import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { encodeOnnx, randomWeights } from '../../formats/index.js';
import { lower, referenceArchitecture } from '../../models/index.js';
import { cost } from './cost.js';
import { parseInput } from './model-file.js';
import { predict } from './predict.js';
import { showArchitecture, showGraph } from './show.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-graph-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, reference = 'mixnet-s'): string {
  const graph = lower(referenceArchitecture(reference));
  const path = join(folder, name);
  writeFileSync(path, encodeOnnx(graph, randomWeights(graph, createRandom('file'))));
  return path;
}

test('a model file costs and takes what its architecture does', () => {
  const path = written('mine.onnx');
  const own = cost('mixnet-s');
  const read = cost(path, { inputs: ['1x224x224x3'] });
  expect(read).toMatchObject({ name: 'mine', macs: own.macs, resolution: 224, classes: 1000 });
  expect(read.file).toMatchObject({ format: 'ONNX', precision: 'float32', unknown: [] });
  const profiles = ['mali-g76'];
  const [ours] = predict('mixnet-s', { profiles }).predictions;
  const [theirs] = predict(path, { profiles }).predictions;
  expect((theirs?.latencyMs as number) / (ours?.latencyMs as number)).toBeCloseTo(1, 2);
  expect(showGraph(path).ops.length).toBeGreaterThan(100);
  expect(cost(path, { inputs: ['image=1x3x96x96'] }).macs).toBe(cost('mixnet-s', { resolution: 96 }).macs);
});

test('options of the other kind of network, and files that are none, are refused in one sentence', () => {
  const path = written('mine.onnx', 'mobilenet-v2');
  expect(() => cost(path, { resolution: 96 })).toThrow(
    '--resolution is for architectures; this is a model file.',
  );
  expect(() => cost('mixnet-s', { inputs: ['1x3'] })).toThrow('--input is for model files');
  expect(() => cost(path, { inputs: ['1x3xwide'] })).toThrow('1x3xwide is not the shape of an input.');
  expect(() => showArchitecture(path)).toThrow('is an ONNX model, not an architecture');
  expect(parseInput('a=b=1x2')).toEqual({ name: 'a=b', shape: [1, 2] });
  const broken = join(folder, 'broken.tflite');
  writeFileSync(broken, 'no model');
  expect(() => cost(broken)).toThrow('broken.tflite: bytes 4 to 8 are not TFL3');
});
