import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { createProgram } from '../src/cli/program.js';
import { makeUpRun } from './support/made-up-run.js';
import { answerOf, runCli } from './support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-cli-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeAll(() => {
  makeUpRun(join(folder, 'runs'), 'made-up', { trials: 12 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mixnas', () => {
  const commands = createProgram(process).commands.flatMap((command) =>
    command.commands.length > 0
      ? command.commands.map((child) => `${command.name()} ${child.name()}`)
      : [command.name()],
  );

  it.each(commands)('%s --help shows an example and exits with 0', async (path) => {
    const { code, stdout } = await runCli(...path.split(' '), '--help');
    expect(code).toBe(0);
    expect(stdout.split(/Examples?:/)[1]).toContain(`mixnas ${path}`);
  });

  it('prints help without loading TensorFlow, ink or any other heavy package', () => {
    const bin = join(packageRoot(), 'bin', 'mixnas.mjs');
    // V8's coverage names every script that was loaded.
    const coverage = join(folder, 'coverage');
    const env = { ...process.env, NODE_V8_COVERAGE: coverage };
    const { status, stdout } = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8', env });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: mixnas/);
    const texts = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
    const urls = texts.flatMap((text) => text.match(/"url":"[^"]+"/g) ?? []);
    const packages = new Set(urls.map((url) => /node_modules\/(@tensorflow|[^/]+)/.exec(url)?.[1]));
    expect(packages).toContain('commander');
    for (const heavy of ['@tensorflow', 'ink', 'react', 'sharp', 'mathjs', 'zod']) {
      expect(packages).not.toContain(heavy);
    }
  });

  it('says what is wrong with a command line in one line on stderr, and exits with 2', async () => {
    for (const args of [
      ['cots'],
      ['cost'],
      ['cost', 'mixnet-s', '--resolution', '0'],
      ['cost', 'mixnet-s', '--jsno'],
      [],
    ]) {
      const { code, stdout, stderr } = await runCli(...args);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toMatch(args.length > 0 ? /^mixnas: / : /^Usage: /);
    }
  });
});

describe('mixnas cost', () => {
  it.each([
    ['mixnet-s', 4_134_606, 239_173_360],
    ['mixnet-m', 5_014_382, 339_172_672],
    ['mixnet-l', 7_329_252, 555_251_792],
    ['mixnet-xl', 11_896_768, 904_010_880],
  ])('%s has the published parameters and MACs, layer by layer', async (name, params, macs) => {
    const answer = answerOf(await runCli('cost', name, '--json')) as {
      layers: { params: number; macs: number }[];
    };
    expect(answer).toMatchObject({ name, params, macs });
    expect(answer.layers.reduce((sum, layer) => sum + layer.params, 0)).toBe(params);
    expect(answer.layers.reduce((sum, layer) => sum + layer.macs, 0)).toBe(macs);
  });

  it('names the near models for one that does not exist', async () => {
    const { code, stderr } = await runCli('cost', 'mixnte-xl');
    expect(code).toBe(2);
    expect(stderr).toContain('mixnet-xl');
  });

  it('reads an architecture from a file, and says which field of it is wrong', async () => {
    const block = '{ op: inverted-residual, kernels: [3, 5], expansion: 2, out: 16 }';
    const good = file(
      'net.yaml',
      `resolution: 32\nclasses: 10\nstem: { out: 8 }\nblocks: [${block}]\nhead: { out: 0 }\n`,
    );
    expect(answerOf(await runCli('cost', good, '--json'))).toMatchObject({
      name: 'net',
      resolution: 32,
      classes: 10,
    });
    const bad = file(
      'bad.yaml',
      `resolution: 32\nclasses: 10\nstem: { out: 8 }\nblocks: [${block.replace('5', '4')}]\nhead: { out: 0 }\n`,
    );
    const { code, stderr } = await runCli('cost', bad);
    expect(code).toBe(2);
    expect(stderr).toContain('blocks[0].kernels[1]');
  });

  it('prices a trial of a run at the size at which the run deploys', async () => {
    const run = join(folder, 'runs', 'made-up');
    expect(answerOf(await runCli('cost', `${run}#3`, '--json'))).toMatchObject({
      resolution: 224,
      classes: 1000,
    });
    const { code, stderr } = await runCli('cost', `${run}#300`);
    expect(code).toBe(2);
    expect(stderr).toContain('no trial 300');
  });
});

describe('mixnas predict', () => {
  it('prints kernels and overhead that add up to the latency, inside its band', async () => {
    const profiles = ['mali-g76', 'adreno-640', 'ethos-u65'];
    const args = profiles.flatMap((name) => ['--profile', name]);
    const outcome = await runCli('predict', 'mixnet-m', ...args, '--resolution', '224', '--json');
    const { predictions } = answerOf(outcome) as { predictions: Record<string, unknown>[] };
    expect(predictions.map((p) => p['profile'])).toEqual(profiles);
    for (const p of predictions) {
      expect(Object.keys(p)).toEqual([
        'profile',
        'resolution',
        'latencyMs',
        'lowMs',
        'highMs',
        'overheadUs',
        'peakMemoryBytes',
        'memory',
        'kernels',
      ]);
      const memory = p['memory'] as Record<string, number>;
      expect(memory['activationBytes']).toBe(p['peakMemoryBytes']);
      expect(memory['weightBytes']).toBeGreaterThan(memory['activationBytes'] as number);
      const kernels = p['kernels'] as { op: string; latencyUs: number; source: string }[];
      const sum = kernels.reduce((total, k) => total + k.latencyUs, p['overheadUs'] as number);
      expect(sum / 1000).toBeCloseTo(p['latencyMs'] as number, 6);
      expect(p['lowMs']).toBeLessThan(p['latencyMs'] as number);
      expect(p['highMs']).toBeGreaterThan(p['latencyMs'] as number);
      expect(Object.keys(kernels[0] ?? {})).toEqual(['op', 'latencyUs', 'source']);
    }
  });

  it('names the near profiles for one that does not exist', async () => {
    const { code, stderr } = await runCli('predict', 'mixnet-s', '--profile', 'mali-g67');
    expect(code).toBe(2);
    expect(stderr).toContain('mali-g76');
  });

  it('refuses a broken profile file', async () => {
    for (const text of ['{', '{"format":"mixnas-profile"}']) {
      const { code, stderr } = await runCli('predict', 'mixnet-s', '--profile', file('broken.json', text));
      expect(code).toBe(2);
      expect(stderr).toContain('broken.json');
    }
  });
});

describe('mixnas profile and data', () => {
  it('lists the profiles that come with it', async () => {
    const { profiles } = answerOf(await runCli('profile', 'list', '--json')) as {
      profiles: { name: string }[];
    };
    expect(profiles.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['adreno-640', 'ethos-u65', 'mali-g76']),
    );
    expect((await runCli('profile', 'show', 'mali-g76')).stdout).toContain('MIT');
  });

  it('lists the data sets', async () => {
    const { datasets } = answerOf(await runCli('data', 'list', '--json')) as { datasets: { name: string }[] };
    expect(datasets.map(({ name }) => name)).toEqual(['cifar10', 'cifar100', 'textures', 'folder']);
  });

  it('refuses a data set that there is not', async () => {
    const { code, stderr } = await runCli('data', 'fetch', 'cifar1000');
    expect(code).toBe(2);
    expect(stderr).toContain('cifar10');
  });
});

describe('mixnas train and eval', () => {
  it('train saves what eval then measures', async () => {
    const out = join(folder, 'trained');
    const net = file(
      'tiny.yaml',
      'resolution: 16\nclasses: 8\nstem: { out: 8 }\nblocks: [{ op: inverted-residual, kernels: [3], expansion: 1, out: 8 }]\nhead: { out: 0 }\n',
    );
    const args = ['--dataset', 'textures', '--steps', '3', '--batch-size', '8', '--out', out];
    const trained = answerOf(await runCli('train', net, ...args, '--json')) as { folder: string };
    expect(trained).toMatchObject({ folder: out, steps: 3 });
    expect(readdirSync(out).toSorted()).toEqual([
      'architecture.json',
      'events',
      'training.json',
      'weights.safetensors',
    ]);
    expect(answerOf(await runCli('eval', out, '--json'))).toMatchObject({ data: 'textures', count: 1000 });
  });
});
