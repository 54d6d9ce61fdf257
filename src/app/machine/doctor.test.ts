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
