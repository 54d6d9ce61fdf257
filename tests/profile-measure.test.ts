import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/base/index.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-measure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = {
  ...process.env,
  MIXNAS_CACHE: join(folder, 'cache'),
  MIXNAS_PROFILES: join(folder, 'profiles'),
};
const bin = join(packageRoot(), 'bin', 'mixnas.mjs');
const mixnas = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { env, encoding: 'utf8' });

const plan = ['--space', 'cifar-small', '--resolution', '48', '--seconds', '0.01'];
const measure = ['profile', 'measure', ...plan, '--networks', '6', '--kernels', '4', '--rounds', '3'];
const logFolder = join(folder, 'cache', 'measure');

/** Lines of the log, as far as they are whole. */
function logged(): string[] {
  // Next to it there is its temporary file for a moment.
  const files = existsSync(logFolder) ? readdirSync(logFolder) : [];
  const name = files.find((file) => file.endsWith('.jsonl'));
  if (name === undefined) return [];
  return readFileSync(join(logFolder, name), 'utf8').split('\n').slice(0, -1);
}

const runtime = spawnSync(process.execPath, ['-e', "require('onnxruntime-node')"], { cwd: packageRoot() });

describe.skipIf(runtime.status !== 0)('mixnas profile measure', () => {
  it('killed, it continues with what it has; then the profile is tried on networks that it has not seen', async () => {
    const child = spawn(process.execPath, [bin, ...measure], { env, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    await expect
      .poll(() => logged().length >= 4 || child.exitCode !== null, { interval: 20, timeout: 120_000 })
      .toBe(true);
    child.kill('SIGKILL');
    await ended;
    const kept = logged();
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(kept.length).toBeLessThan(36);
    expect(existsSync(join(folder, 'profiles', 'host.json'))).toBe(false);

    const { status, stdout, stderr } = mixnas(...measure, '--json');
    expect([status, stderr.includes('internal')]).toEqual([0, false]);
    const { path, networks } = JSON.parse(stdout) as { path: string; networks: number };
    expect([path, networks]).toEqual([join(folder, 'profiles', 'host.json'), 6]);
    const profile = JSON.parse(readFileSync(path, 'utf8')) as { table: { models: string[] } };
    expect(profile.table.models).toHaveLength(10);
    expect(profile.table.models.filter((model) => model.startsWith('kernel '))).toHaveLength(4);
    // What was measured before the kill is in the profile's measurements as it was.
    const data = JSON.parse(readFileSync(join(folder, 'profiles', 'data', 'host.json'), 'utf8')) as {
      networks: { name: string }[];
    };
    const names = kept.map((line) => (JSON.parse(line) as { name: string }).name);
    for (const name of names) expect(data.networks.map((n) => n.name)).toContain(name);
    expect(logged()).toEqual([]);

    const tried = mixnas(
      'profile',
      'validate',
      'host',
      ...plan,
      '--networks',
      '4',
      '--rounds',
      '1',
      '--recalibrate-on',
      '2',
      '--json',
    );
    expect(tried.status).toBe(0);
    const report = JSON.parse(tried.stdout) as {
      models: { model: string; predictedMs: number; measuredMs: number; errorPct: number }[];
      recalibrated: {
        networks: number;
        factor: number;
        models: { predictedMs: number; measuredMs: number }[];
      };
    };
    expect(report.models).toHaveLength(4);
    const { networks: others, factor, models: again } = report.recalibrated;
    expect(others).toBe(2);
    again.forEach((model, i) => {
      expect(model.predictedMs).toBeCloseTo(factor * (report.models[i]?.predictedMs as number), 9);
      expect(model.measuredMs).toBe(report.models[i]?.measuredMs);
    });
    for (const { model, predictedMs, measuredMs, errorPct } of report.models) {
      expect(profile.table.models).not.toContain(model);
      expect(errorPct).toBeCloseTo(100 * (predictedMs / measuredMs - 1), 6);
      // How near they are is no matter here: next to other tests a time may be off by orders.
      expect(predictedMs).toBeGreaterThan(0);
      expect(measuredMs).toBeGreaterThan(0);
    }
  }, 600_000);

  it('refuses a core that does not exist, a size that is not a number and a profile of another device, in one sentence', () => {
    const core = mixnas(...measure, '--core', '4096');
    expect([core.status, core.stdout]).toEqual([2, '']);
    expect(core.stderr).toMatch(/There is no core 4096/);
    const size = mixnas(...measure, '--resolution', 'abc');
    expect([size.status, size.stdout]).toEqual([2, '']);
    expect(size.stderr).toMatch(/'abc' is invalid/);
    const other = mixnas('profile', 'validate', 'mali-g76', '--networks', '4');
    expect([other.status, other.stdout]).toEqual([2, '']);
    expect(other.stderr).toMatch(/not a profile of this host/);
  });
});
