import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readWeights, writeWeights } from './weights.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mixnas-weights-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('weights that a script writes are read back to the bit, with their metadata', () => {
  const path = join(folder(), 'w.safetensors');
  const weights = new Map([
    ['stem.kernel', { shape: [1, 1, 3, 2], data: Float32Array.of(1, -0, 1 / 3, Math.fround(1e-40), 5, 6) }],
    ['head.bias', { shape: [1], data: Float32Array.of(7) }],
  ]);
  writeWeights(path, { weights, metadata: { note: 'mine' } });
  expect(readWeights(path)).toEqual({ weights, metadata: { note: 'mine' } });
});

test('a missing file and one that is cut off are refused in one sentence that names the file', () => {
  const path = join(folder(), 'w.safetensors');
  expect(() => readWeights(path)).toThrow(`${path}: no such weights file or folder.`);
  writeFileSync(path, 'short');
  expect(() => readWeights(path)).toThrow(`${path}: too short for a safetensors file`);
});

test('weights without end, or behind a pipe, are not read', () => {
  const path = join(folder(), 'w.safetensors');
  symlinkSync('/dev/zero', path);
  expect(() => readWeights(path)).toThrow(`${path} is a device, not a regular file.`);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  expect(() => readWeights(path)).toThrow(`${path} is a named pipe, not a regular file.`);
});
