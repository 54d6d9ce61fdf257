/** Native code in the cache is what was built, and the user's alone, or it is not loaded. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { packageRoot, startModule } from '../src/base/index.js';

interface Native {
  cacheFault(cache: string): string | undefined;
  faultOf(folder: string): string | undefined;
  openBuildFolder(cache: string): string;
  publish(building: string, name: string): string;
  writeManifest(folder: string, files: readonly string[]): void;
}

const setup = join(packageRoot(), 'scripts', 'setup');
const native = createRequire(import.meta.url)(join(setup, 'native.cjs')) as Native;
const scratch = mkdtempSync(join(tmpdir(), 'mixnas-native-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let cache: string;
let library: string;
/** A build of one library, as the set-up leaves it, changed long enough ago to be remembered. */
let folder: string;
beforeEach(() => {
  cache = mkdtempSync(join(scratch, 'cache-'));
  const building = native.openBuildFolder(cache);
  mkdirSync(join(building, 'lib'));
  writeFileSync(join(building, 'lib', 'a.node'), 'native code');
  native.writeManifest(building, ['lib/a.node']);
  folder = native.publish(building, 'built');
  library = join(folder, 'lib', 'a.node');
});

/** The clock, so far on that the build is old enough to be remembered. */
function later(): void {
  vi.useFakeTimers({ now: Date.now() + 3000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

const manifest = (files: unknown) => writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files }));
const entry = (path: string) => ({
  path,
  bytes: 11,
  sha256: createHash('sha256').update('native code').digest('hex'),
});

describe('a build in the cache', () => {
  test('is whole as it was published, in a cache that only its owner can enter', () => {
    expect(native.faultOf(folder)).toBeUndefined();
    rmSync(cache, { recursive: true });
    native.openBuildFolder(cache);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
  });

  test('is refused when a byte differs, also at the same size and time and after it was verified', () => {
    const { atime, mtime } = statSync(library);
    later(); // what changed this instant is not remembered
    expect(native.faultOf(folder)).toBeUndefined();
    expect(existsSync(join(folder, 'verified.json'))).toBe(true);
    expect(statSync(join(folder, 'verified.json')).mode & 0o777).toBe(0o600);
    writeFileSync(library, 'hostile code'.slice(0, 11));
    utimesSync(library, atime, mtime);
    expect(native.faultOf(folder)).toBe('lib/a.node was changed');
    writeFileSync(library, 'native code');
    expect(native.faultOf(folder)).toBeUndefined();
  });

  test.each([
    ['no files', () => manifest([]), 'manifest.json lists no files'],
    ['no list', () => manifest(undefined), 'manifest.json lists no files'],
    ['a path out of the build', () => manifest([entry('../../a.node')]), 'manifest.json is broken'],
    ['an absolute path', () => manifest([entry(library)]), 'manifest.json is broken'],
    ['no hash', () => manifest([{ ...entry('lib/a.node'), sha256: '' }]), 'manifest.json is broken'],
    ['a file that is gone', () => rmSync(library), 'ENOENT'],
    ['a torn manifest', () => writeFileSync(join(folder, 'manifest.json'), '{ "files": ['), 'JSON'],
    ['a shorter file', () => writeFileSync(library, 'native'), 'lib/a.node was changed'],
    ['a file others can write', () => chmodSync(library, 0o666), 'can be written by other users'],
    [
      'a folder others can write',
      () => chmodSync(join(folder, 'lib'), 0o775),
      'can be written by other users',
    ],
    ['a cache others can write', () => chmodSync(cache, 0o777), 'can be written by other users'],
  ])('is refused with %s', (_, spoil, reason) => {
    spoil();
    expect(native.faultOf(folder)).toContain(reason);
  });

  test('is refused behind a link', () => {
    rmSync(library);
    writeFileSync(join(scratch, 'elsewhere'), 'native code');
    symlinkSync(join(scratch, 'elsewhere'), library);
    expect(native.faultOf(folder)).toBe(`${library} is a link`);
  });

  test('does not trust a note of earlier checks that others could have written', () => {
    later();
    expect(native.faultOf(folder)).toBeUndefined();
    const note = join(folder, 'verified.json');
    writeFileSync(library, 'hostile cod');
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(library, { bigint: true });
    const forged = [dev, ino, size, mtimeNs, ctimeNs, entry('').sha256].join(' ');
    writeFileSync(note, JSON.stringify({ 'lib/a.node': forged }));
    chmodSync(note, 0o666);
    expect(native.faultOf(folder)).toBe('lib/a.node was changed');
  });

  // Only root can give a folder away, and root is who runs this in continuous integration.
  test.runIf(process.getuid?.() === 0)('is refused when it belongs to somebody else', () => {
    chownSync(folder, 12_345, 12_345);
    expect(native.faultOf(folder)).toBe(`${folder} belongs to another user`);
  });

  test('replaces a broken one, and yields to a whole one', () => {
    const next = (text: string) => {
      const building = native.openBuildFolder(cache);
      writeFileSync(join(building, 'b.node'), text);
      native.writeManifest(building, ['b.node']);
      return native.publish(building, 'built');
    };
    expect(readdirSync(next('second'))).toContain('lib');
    writeFileSync(library, 'native coda');
    expect(readdirSync(next('third'))).not.toContain('lib');
    expect(native.faultOf(folder)).toBeUndefined();
  });
});

test('nothing is built in a cache that others can write to; the sentence says what to do', () => {
  chmodSync(cache, 0o770);
  expect(() => native.openBuildFolder(cache)).toThrow(/can be written by other users: run chmod 700 on it/);
});

interface Probe {
  ok: boolean;
  backend: string;
  refused: string[];
  reason?: string;
}

/** What the probe of `mixnas doctor` says in another environment. */
function probe(env: Record<string, string>): Promise<Probe> {
  return new Promise((done, fail) => {
    const module = new URL('../src/app/machine/probe.js', import.meta.url);
    const child = startModule(module, {
      env: { MIXNAS_CACHE: '', XDG_CACHE_HOME: '', MIXNAS_KERNELS: 'off', ...env },
    });
    child.once('message', (message) => done(message as Probe));
    child.once('close', (code) => fail(new Error(`it ended with ${code}`)));
  });
}

describe('training', () => {
  const built = `tfjs-node-4.22.0-tf9.9.9-${process.platform}-${process.arch}`;

  test('refuses a changed build and says so, and trains on what else there is', async () => {
    const path = join(cache, built, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'index.js'), 'throw new Error("it was loaded")');
    manifest([]);
    writeFileSync(join(cache, built, 'manifest.json'), readFileSync(join(folder, 'manifest.json')));
    const { ok, refused } = await probe({ MIXNAS_CACHE: cache });
    expect(ok).toBe(true);
    const reasons = refused.filter((reason) => reason.includes(built));
    expect(reasons).toEqual([expect.stringMatching(/: manifest.json lists no files$/)]);
  });

  test.each([
    ['is unset', ''],
    ['cannot be written', join(scratch, 'a file')],
  ])('works when HOME %s', async (_, home) => {
    writeFileSync(join(scratch, 'a file'), '');
    expect(await probe({ HOME: home, MIXNAS_KERNELS: 'on' })).toMatchObject({ ok: true });
  });
});

test('a wheel is used when its SHA-256 is known, or named by the user', () => {
  const wheel = join(scratch, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
  writeFileSync(wheel, 'another wheel');
  const sha256 = createHash('sha256').update('another wheel').digest('hex');
  const script = `
    const { wheelFault } = await import(${JSON.stringify(pathToFileURL(join(setup, 'wheel.mjs')).href)});
    console.log(JSON.stringify(wheelFault(${JSON.stringify(wheel)}) ?? null));
  `;
  const fault = (named: string) => {
    const env = { ...process.env, MIXNAS_TENSORFLOW_WHEEL: named };
    const node = ['--input-type=module', '-e', script];
    return JSON.parse(spawnSync(process.execPath, node, { encoding: 'utf8', env }).stdout) as string | null;
  };
  expect(fault('')).toMatch(
    new RegExp(`^pip gave tensorflow_cpu-2.21.0.*SHA-256 ${sha256} mixnas does not know$`),
  );
  expect(fault('any')).toContain('does not know');
  expect(fault(sha256.toUpperCase())).toBeNull();
});
