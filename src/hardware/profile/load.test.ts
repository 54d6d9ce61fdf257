import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { loadProfile, profileNames, registerProfile, registerProfileFolder, usualProfiles } from './load.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-profile-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function failure(nameOrPath: string): MixnasError {
  try {
    loadProfile(nameOrPath);
  } catch (error) {
    if (error instanceof MixnasError) return error;
    throw error;
  }
  throw new Error('it loaded');
}

test('every profile of the package parses and is called as its file', () => {
  expect(profileNames()).toEqual(expect.arrayContaining(['adreno-640', 'ethos-u65', 'mali-g76']));
  for (const name of profileNames()) expect(loadProfile(name).name).toBe(name);
});

test('one profile of each device and unit is usual: of a CPU one thread of its fastest core', () => {
  const usual = usualProfiles();
  expect(usual).toEqual(
    expect.arrayContaining(['mali-g76', 'pixel4-cpu-big-1t-float', 'raspberry-pi-4b-cpu-fp16', 'ethos-u65']),
  );
  for (const other of ['pixel4-cpu-big-1t-int8', 'pixel4-cpu-small-2t-float', 'raspberry-pi-4b-cpu-int8']) {
    expect(usual).not.toContain(other);
    expect(profileNames()).toContain(other);
  }
});

test('both names of a profile load it, called as it was asked for', () => {
  const [rule, old] = [loadProfile('galaxy-s10-gpu-fp16'), loadProfile('mali-g76')];
  expect({ ...rule, name: 'mali-g76' }).toEqual(old);
  expect(rule.name).toBe('galaxy-s10-gpu-fp16');
});

test('the profiles that others rely on exist', () => {
  const phones = ['pixel4', 'galaxy-s10', 'mi8se', 'iphone-xs', 'galaxy-a03s'];
  const boards = ['raspberry-pi-4b', 'raspberry-pi-3b-plus', 'raspberry-pi-zero-2-w'];
  const names = [
    ...phones.flatMap((phone) => [`${phone}-cpu-big-1t-float`, `${phone}-cpu-big-1t-int8`]),
    ...boards.flatMap((board) => [`${board}-cpu-fp16`, `${board}-cpu-int8`]),
    'raspberry-pi-5-cpu-fp16',
    'jetson-orin-nano-gpu-fp16',
    'jetson-nano-gpu-fp16',
  ];
  for (const name of names) {
    const { error, sources } = loadProfile(name);
    expect(error?.networks).toBeGreaterThan(1);
    expect(sources[0]?.licence).toMatch(/MIT|Apache-2.0/);
  }
});

test('a profile that does not exist is refused with the near names', () => {
  const error = failure('mali-g67');
  expect(error.code).toBe('bad-profile');
  expect(error.message).toBe('There is no profile called mali-g67; did you mean mali-g76?');
});

test('a broken profile file is refused in one sentence that names file and field', () => {
  const path = join(folder, 'mine.json');
  writeFileSync(path, '{"format":');
  expect(failure(path).message).toMatch(/mine\.json: not JSON/);
  writeFileSync(path, JSON.stringify({ ...loadProfile('mali-g76'), batch: 2 }));
  expect(failure(path).message).toContain('`batch`');
  writeFileSync(path, JSON.stringify({ ...loadProfile('mali-g76'), colour: 'red' }));
  expect(failure(path).message).toContain('unknown key `colour`');
  expect(failure(join(folder, 'none.json')).message).toContain('no such file');
});

test('a file of a newer version says so', () => {
  const path = join(folder, 'new.json');
  writeFileSync(path, JSON.stringify({ ...loadProfile('mali-g76'), version: 99 }));
  expect(failure(path).message).toContain('version 99 is newer');
});

test('a profile in a folder that a script registers is found by its name', () => {
  writeFileSync(
    join(folder, 'my-board.json'),
    JSON.stringify({ ...loadProfile('mali-g76'), name: 'my-board' }),
  );
  expect(profileNames()).not.toContain('my-board');
  registerProfileFolder(folder);
  expect(profileNames()).toContain('my-board');
  expect(loadProfile('my-board').name).toBe('my-board');
  expect(() => registerProfileFolder(join(folder, 'none'))).toThrow('none: no such folder of profiles.');
});

test('a profile of a script is found by its name before any file, and is checked', () => {
  const mine = { ...loadProfile('mali-g76'), name: 'made-by-a-script' };
  expect(registerProfile(mine)).toEqual(mine);
  expect(loadProfile('made-by-a-script')).toEqual(mine);
  expect(profileNames()).toContain('made-by-a-script');
  expect(() => registerProfile({ ...mine, batch: 'two' })).toThrow(
    /The profile that was registered: `batch`/,
  );
});
