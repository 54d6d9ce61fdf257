/** What people write (config, space, recipe, architecture, profile): what would be lost or never end is one sentence. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By kind of document: the commands that read one. */
const loaders: Readonly<Record<string, readonly string[]>> = {
  config: ['search', 'FILE', '--no-tui'],
  space: ['search', '--space', 'FILE', '--evaluator', 'synthetic', '--trials', '1', '--no-tui'],
  recipe: ['train', 'mixnet-s', '--recipe', 'FILE'],
  architecture: ['cost', 'FILE'],
  profile: ['profile', 'show', 'FILE'],
};
const names = Object.keys(loaders);
const yamlNames = names.filter((name) => name !== 'profile');

async function outcomeOf(name: string, path: string) {
  const args = (loaders[name] as readonly string[]).map((arg) => arg.replace('FILE', path));
  const { code, stdout, stderr } = await runCli(...args);
  expect(stderr).not.toMatch(/internal|\n\s+at |secret/);
  expect(stdout).toBe('');
  expect(code).toBe(2);
  return stderr;
}

function file(ending: string, text: string): string {
  const path = join(folder, `document.${ending}`);
  rmSync(path, { force: true });
  writeFileSync(path, text);
  return path;
}

const bomb = [
  'a0: &a0 [x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`),
].join('\n');

test.each(
  yamlNames.flatMap((name) =>
    [
      ['an alias without its anchor', 'name: x\nsplit: *secret\n', 'line 2', 'alias'],
      ['an alias bomb', bomb, '', 'alias'],
      ['a tag of another program', 'name: x\nsplit: !env SECRET\n', 'line 2', 'unknown tag'],
      ['an include', 'name: x\nsplit: !include /etc/passwd\n', 'line 2', 'unknown tag'],
      ['an integer beyond 2^53', 'name: x\nseed: 9007199254740993\n', 'line 2', 'beyond 2^53'],
      ['a hexadecimal one', 'name: x\nseed: 0xFFFFFFFFFFFFFFFF\n', 'line 2', 'beyond 2^53'],
      ['a doubled key', 'name: x\nseed: 1\nseed: 2\n', 'line 3', 'unique'],
    ].map((fault) => [name, ...fault] as const),
  ),
)('%s: %s', async (name, _kind, text = '', line = '', says = '') => {
  const path = file('yaml', text);
  const stderr = await outcomeOf(name, path);
  expect(stderr).toContain(path);
  expect(stderr).toContain(line);
  expect(stderr).toContain(says);
});

test.each(
  names.flatMap((name) =>
    [
      ['a doubled key', '{\n "name": "x",\n "n\\u0061me": "y"\n}', 'line 3', '`name` is there twice'],
      ['a doubled key deep inside', '{"a": [{"b": 1,\n"b": 2}]}', 'line 2', '`b` is there twice'],
      ['an integer beyond 2^53', '{"name": "x",\n"seed": -9007199254740993}', 'line 2', 'beyond 2^53'],
    ].map((fault) => [name, ...fault] as const),
  ),
)('%s in JSON: %s', async (name, _kind, text = '', line = '', says = '') => {
  const path = file('json', text);
  const stderr = await outcomeOf(name, path);
  expect(stderr).toContain(`${path}: ${line}`);
  expect(stderr).toContain(says);
});

test.each(names)('%s: a device, a pipe, a file too large', async (name) => {
  const device = join(folder, 'device.json');
  rmSync(device, { force: true });
  symlinkSync('/dev/zero', device);
  expect(await outcomeOf(name, device)).toContain('is a device, not a regular file');
  const pipe = join(folder, 'pipe.json');
  rmSync(pipe, { force: true });
  execFileSync('mkfifo', [pipe]);
  expect(await outcomeOf(name, pipe)).toContain('is a named pipe, not a regular file');
  const large = file('json', `${' '.repeat(17 << 20)}{}`);
  expect(await outcomeOf(name, large)).toMatch(/is larger than 16/);
});
