import { execFileSync } from 'node:child_process';
import {
  existsSync,
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
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  asSystemError,
  makeFolders,
  ownFolder,
  readBytes,
  readJsonFile,
  readTextFile,
  removeOwnWhere,
  sizeLimits,
  writeFileAtomic,
} from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('devices, pipes and folders are not read as files', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(() => readTextFile('/dev/zero', 'bad-config')).toThrow('/dev/zero is a device, not a regular file.');
  expect(() => readTextFile(pipe, 'bad-config')).toThrow(`${pipe} is a named pipe, not a regular file.`);
  expect(() => readTextFile(folder, 'bad-config')).toThrow(`${folder} is a folder, not a regular file.`);
});

test('a file is read up to its limit, and no further', () => {
  const path = join(folder, 'a');
  writeFileSync(path, 'x'.repeat(10));
  expect(readTextFile(path, 'bad-config', { limit: 10 })).toHaveLength(10);
  expect(() => readTextFile(path, 'bad-config', { limit: 9 })).toThrow(/is larger than 9 B/);
});

test('a file that says it is empty is read up to the limit all the same', () => {
  // Files of the kernel have no size.
  expect(readTextFile('/proc/self/status', 'bad-config')).toContain('Name:');
  expect(() => readBytes('/proc/self/status', 'bad-config', { limit: 10 })).toThrow(/is larger than 10 B/);
});

test('a link is followed where a person names it, not where it stands for a part of ours', () => {
  writeFileSync(join(folder, 'a.json'), '{"a":1}');
  symlinkSync(join(folder, 'a.json'), join(folder, 'link'));
  expect(readJsonFile(join(folder, 'link'), 'bad-run')).toEqual({ a: 1 });
  expect(() => readJsonFile(join(folder, 'link'), 'bad-run', { own: true })).toThrow(/is a symbolic link/);
  symlinkSync(folder, join(folder, 'folder'));
  expect(() => ownFolder(join(folder, 'folder'), 'bad-run')).toThrow(/is a symbolic link, not a folder/);
});

test('what is not JSON is not quoted', () => {
  writeFileSync(join(folder, 'a'), '{"a": 1,\n secret}');
  expect(() => readJsonFile(join(folder, 'a'), 'bad-run')).toThrow(`${join(folder, 'a')}: line 2: not JSON.`);
  writeFileSync(join(folder, 'a'), `${'['.repeat(5000)}${']'.repeat(5000)}`);
  expect(() => readJsonFile(join(folder, 'a'), 'bad-run')).toThrow(/nested deeper than 100 levels/);
});

test('a link under the name of the temporary file is not written through', () => {
  const other = join(folder, 'other');
  writeFileSync(other, 'mine');
  symlinkSync(other, join(folder, `a.${process.pid}.tmp`));
  writeFileAtomic(join(folder, 'a'), 'new');
  expect(readFileSync(other, 'utf8')).toBe('mine');
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
});

test('files are deleted by name, links without what they lead to, folders never', () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, '1'), '');
  const own = ownFolder(join(folder, 'own'), 'bad-run');
  mkdirSync(join(own, '2'));
  symlinkSync(other, join(own, '3'));
  for (const name of ['4', 'mine']) writeFileSync(join(own, name), '');
  removeOwnWhere(own, (name) => /^\d$/.test(name), 'bad-run');
  expect(readdirSync(own).toSorted()).toEqual(['2', 'mine']);
  expect(existsSync(join(other, '1'))).toBe(true);
});

test('a folder that cannot be made says what the system said', () => {
  expect(makeFolders(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'));
  expect(makeFolders(join(folder, 'a', 'b'))).toBeUndefined();
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file', 'x'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(() => makeFolders(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

test.runIf(existsSync('/proc/self'))('where the system makes no folder, asking ends', () => {
  const refused = expect.objectContaining({ code: 'EACCES' });
  expect(() => makeFolders('/proc/self/.cache/mixnas')).toThrow(refused);
  expect(() => makeFolders('/proc/self/x')).toThrow(refused);
});

test.each([
  ['EFBIG', /larger than the system allows/],
  ['EMFILE', /no more files can be opened/],
  ['EROFS', /not writable/],
  ['EISDIR', /a folder is where a file belongs/],
  ['EIO', /the system refuses it \(EIO\)/],
])('%s is one sentence, and bad input', (code, message) => {
  const error = asSystemError(Object.assign(new Error('x'), { code, syscall: 'open', path: 'a' }));
  expect(error?.message).toMatch(message);
  expect(error?.exitCode).toBe(2);
  expect(asSystemError(new Error('x'))).toBeUndefined();
});

test('each kind of file has its limit', () => {
  expect(sizeLimits.note < sizeLimits.yaml && sizeLimits.yaml < sizeLimits.document).toBe(true);
});
