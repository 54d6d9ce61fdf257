/** The set-up ladder's lowest rung: reached without a network or tools, and it trains. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot, startModule } from '../src/base/index.js';
import type { TinyJob, TinyResult } from './support/train-tiny.js';

const scratch = mkdtempSync(join(tmpdir(), 'mixnas-setup-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A program search path on which only node is found. */
const bin = join(scratch, 'bin');
mkdirSync(bin);
symlinkSync(process.execPath, join(bin, 'node'));

/** Runs the post-install script of a copy of the package, cut off from the network. */
function install(name: string, env: Record<string, string>, cache = join(scratch, name, 'cache')) {
  const root = join(scratch, name);
  mkdirSync(root);
  cpSync(join(packageRoot(), 'scripts'), join(root, 'scripts'), { recursive: true });
  cpSync(join(packageRoot(), 'package.json'), join(root, 'package.json'));
  const offline = {
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_cache: join(root, 'npm'),
    npm_config_fetch_retries: '0',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: root,
  };
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'postinstall.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, MIXNAS_BACKEND: '', MIXNAS_CACHE: cache, ...offline, ...env },
  });
  const record = JSON.parse(readFileSync(join(root, 'node_modules', '.mixnas-setup.json'), 'utf8'));
  return { status, stderr, record, cache };
}

describe('the end of an install', () => {
  test('takes the lowest rung at once when asked to, and touches nothing', () => {
    const { status, stderr, record, cache } = install('asked', { MIXNAS_BACKEND: 'portable' });
    expect(status).toBe(0);
    expect(record).toMatchObject({ rung: 'portable', reason: 'MIXNAS_BACKEND is portable' });
    expect(stderr).toContain('backend: portable (WebAssembly)');
    expect(() => readdirSync(cache)).toThrow('ENOENT');
  });

  test('without Python and a compiler it names them, and succeeds', () => {
    const { status, stderr, record, cache } = install('no tools', { PATH: bin });
    expect(status).toBe(0);
    expect(record.rung).toBe('portable');
    expect(stderr).toMatch(/without Python 3, pip .*, make, a C\+\+ compiler/);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('a half-written build in the cache is not used', () => {
    const cache = join(scratch, 'torn');
    const name = `tfjs-node-4.22.0-tf2.21.0-${process.platform}-${process.arch}`;
    mkdirSync(join(cache, name, 'lib'), { recursive: true });
    writeFileSync(join(cache, name, 'lib', 'binding.node'), 'torn');
    const files = [{ path: 'lib/binding.node', bytes: 100, sha256: '0'.repeat(64) }];
    writeFileSync(join(cache, name, 'manifest.json'), JSON.stringify({ tensorflow: '2.21.0', files }));
    const { status, stderr, record } = install('torn cache', { PATH: bin }, cache);
    expect(status).toBe(0);
    expect(stderr).toContain('is broken (lib/binding.node was changed)');
    expect(record.rung).toBe('portable');
  });

  test('a cache that cannot be written is a reason, not a failure', () => {
    const blocked = join(scratch, 'a file');
    writeFileSync(blocked, '');
    const { status, record } = install('blocked', {}, join(blocked, 'cache'));
    expect(status).toBe(0);
    expect(record).toMatchObject({ rung: 'portable', reason: expect.stringContaining('ENOTDIR') });
  });
});

test("no install runs onnxruntime-node's script, which would download CUDA's libraries", () => {
  const read = (name: string) => JSON.parse(readFileSync(join(packageRoot(), name), 'utf8'));
  const { dependencies, optionalDependencies, allowScripts } = read('package.json');
  expect(Object.keys({ ...dependencies, ...optionalDependencies })).not.toContain('onnxruntime-node');
  expect(allowScripts['onnxruntime-node']).toBe(false);
  // npm before 11.16 has no allowScripts; no npm runs scripts that the lock file does not mention.
  expect(read('package-lock.json').packages['node_modules/onnxruntime-node']).not.toHaveProperty(
    'hasInstallScript',
  );
});

test('what tfjs-node needs of util is there and warns of nothing, on every Node', () => {
  const script = `
    const { isNullOrUndefined, isArray } = require('util');
    const values = [null, undefined, 0, '', []];
    console.log(JSON.stringify([values.map((value) => isNullOrUndefined(value)), values.map((value) => isArray(value))]));
  `;
  const module = join(packageRoot(), 'scripts', 'setup', 'node-util.cjs');
  const node = ['--throw-deprecation', '--require', module, '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([
    [true, true, false, false, false],
    [false, false, false, false, true],
  ]);
});

/** A data: module that makes every connection fail, named pipes aside. */
const noNetwork = `data:text/javascript,${encodeURIComponent(`
  import net from 'node:net';
  net.Socket.prototype.connect = () => { throw new Error('the network was used'); };
`)}`;

/** Trains on a backend in a process of its own, cut off from the network. */
async function trainOn(backend: string, job: TinyJob): Promise<TinyResult> {
  const child = startModule(new URL('./support/train-tiny.js', import.meta.url), {
    args: [JSON.stringify(job)],
    env: { MIXNAS_BACKEND: backend, MIXNAS_CACHE: scratch, NODE_OPTIONS: `--import=${noNetwork}` },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.once('message', (message) => done(message as TinyResult));
    child.once('close', () => fail(new Error(stderr)));
  });
}

describe('the lowest rung', () => {
  test('learns without a network', async () => {
    const { backend, accuracy, losses } = await trainOn('portable', {
      blocks: [{ kernels: [3, 7], activation: 'relu', out: 16 }],
      recipe: { steps: 100, batchSize: 32 },
    });
    expect(backend).toBe('wasm');
    expect(accuracy).toBeGreaterThan(0.4); // by chance: 0.25
    expect(losses.at(-1)).toBeLessThan(0.85 * (losses[0] ?? 0));
  });

  test('takes the same steps as plain JavaScript, whose kernels are others', async () => {
    const job: TinyJob = {
      blocks: [
        { kernels: [3, 5], dilations: [2, 1], expandGroups: 2, seRatio: 0.5, activation: 'swish' },
        { kernels: [3, 7], activation: 'relu6', stride: 2, out: 16 },
      ],
      recipe: { steps: 4, batchSize: 8 },
    };
    const wasm = await trainOn('portable', job);
    const plain = await trainOn('cpu', job);
    expect([wasm.backend, plain.backend]).toEqual(['wasm', 'cpu']);
    expect(wasm.losses).toHaveLength(4);
    wasm.losses.forEach((loss, i) => expect(loss).toBeCloseTo(plain.losses[i] ?? Number.NaN, 3));
  });
});
