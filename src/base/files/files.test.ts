import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asDiskError, readTextFile, syncFolder, writeFileAtomic } from './index.js';
import { canonicalJson, shortHash } from '../hash.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an atomic write replaces the file and leaves nothing else behind', () => {
  const path = join(folder, 'front.csv');
  writeFileSync(path, 'old');
  writeFileAtomic(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['front.csv']);
});

test('an atomic write that fails keeps the old file', () => {
  const path = join(folder, 'a');
  writeFileAtomic(path, 'old');
  expect(() => writeFileAtomic(join(folder, 'missing', 'a'), 'new')).toThrow(/ENOENT/);
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('a full disk and a missing file are said in one sentence', () => {
  expect(asDiskError(Object.assign(new Error('x'), { code: 'ENOSPC' }), 'runs/a')?.message).toBe(
    'runs/a: the disk is full.',
  );
  expect(asDiskError(new Error('x'), 'runs/a')).toBeUndefined();
  expect(() => readTextFile(join(folder, 'none.yaml'), 'bad-config')).toThrow(/none\.yaml: no such file\./);
});

test('equal data has equal hashes whatever the order of its keys', () => {
  expect(canonicalJson({ b: [1, { d: 2, c: 3 }], a: 1 })).toBe('{"a":1,"b":[1,{"c":3,"d":2}]}');
  expect(shortHash({ a: 1, b: 2 })).toBe(shortHash({ b: 2, a: 1 }));
  expect(shortHash({ a: 1 })).not.toBe(shortHash({ a: 2 }));
});

test('what a folder holds is brought to the disk; one that is missing is an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-sync-'));
  writeFileSync(join(folder, 'a'), 'b');
  expect(() => syncFolder(folder)).not.toThrow();
  rmSync(folder, { recursive: true });
  expect(() => syncFolder(folder)).toThrow(/ENOENT/);
});
