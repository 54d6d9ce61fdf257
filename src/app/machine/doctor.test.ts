import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { diagnose, formatDiagnosis } from './doctor.js';

afterEach(() => vi.unstubAllEnvs());

test('a backend that is there is proved by training on it', async () => {
  const diagnosis = await diagnose();
  const { probe, machine, rung } = diagnosis;
  if (!probe.ok) throw new Error(probe.reason);
  expect(probe.losses[1]).toBeLessThan(probe.losses[0]);
  expect(rung === 'portable').toBe(probe.backend !== 'tensorflow');
  expect(machine.cores).toBeGreaterThanOrEqual(1);
  expect(machine.memoryBytes).toBeGreaterThan(machine.freeMemoryBytes / 2);
  expect(JSON.parse(JSON.stringify(diagnosis)).mixnas).toBe(diagnosis.mixnas);
});

test('the lowest rung trains, and the advice says why it is taken', async () => {
  vi.stubEnv('MIXNAS_BACKEND', 'portable');
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({ rung: 'portable', probe: { ok: true, backend: 'wasm' } });
  expect(diagnosis.advice).toEqual(['MIXNAS_BACKEND is portable: unset it for TensorFlow.']);
  const text = formatDiagnosis(diagnosis);
  expect(text).toContain('WebAssembly');
  expect(text).not.toMatch(/undefined|NaN/);
});

test('a backend that does not start is reported with its reason', async () => {
  vi.stubEnv('MIXNAS_BACKEND', 'quantum');
  const diagnosis = await diagnose();
  expect(diagnosis.rung).toBe('none');
  expect(diagnosis.probe).toEqual({
    ok: false,
    reason: 'MIXNAS_BACKEND is `quantum`, which is not a backend.',
  });
  expect(formatDiagnosis(diagnosis)).toContain('fails: MIXNAS_BACKEND is `quantum`');
});

test('the PyTorch that a Python has is shown, or what it lacks', async () => {
  vi.stubEnv('MIXNAS_BACKEND', 'portable');
  vi.stubEnv('MIXNAS_PYTHON', '/nowhere/python');
  const without = await diagnose();
  expect(without.pytorch).toEqual({ missing: expect.stringContaining('does not start') });
  expect(formatDiagnosis(without)).toMatch(/pytorch {5}none by \/nowhere\/python: it does not start/);
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-python-'));
  const python = join(folder, 'python');
  // What the package in python/ answers on a machine with two GPUs.
  const answer = {
    python: '3.12.3',
    torch: '2.13.0+cu128',
    cuda: '12.8',
    gpus: ['H200', 'H200'],
    mps: false,
  };
  writeFileSync(python, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`, { mode: 0o755 });
  vi.stubEnv('MIXNAS_PYTHON', python);
  expect(formatDiagnosis({ ...without, pytorch: (await diagnose()).pytorch })).toContain(
    'PyTorch 2.13.0+cu128 by Python 3.12.3, CUDA 12.8, on H200, H200',
  );
  rmSync(folder, { recursive: true });
});
