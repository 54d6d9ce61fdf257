/** Small commands whole: what they print and what they write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../src/app/index.js';
import { packageRoot } from '../src/base/index.js';
import { countCost, lower, referenceArchitecture } from '../src/models/index.js';
import { answerOf, runCli } from './support/run-cli.js';
import { temporaryFolder } from './support/searching.js';

test('init writes a config that a search accepts, and does not overwrite it', async () => {
  const path = join(temporaryFolder(), 'mixnas.yaml');
  expect(await runCli('init', path)).toMatchObject({ code: 0 });
  const text = readFileSync(path, 'utf8');
  expect(() => parseConfig(parse(text) ?? {})).not.toThrow();
  const again = await runCli('init', path);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain(path);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('cost counts what the library counts, and prints a line for each layer', async () => {
  const expected = countCost(lower(referenceArchitecture('mixnet-s')));
  const answer = answerOf(await runCli('cost', 'mixnet-s', '--json')) as Record<string, unknown>;
  expect(answer).toMatchObject({ params: expected.params, macs: expected.macs });
  const { code, stdout } = await runCli('cost', 'mixnet-s');
  expect(code).toBe(0);
  expect(stdout.split('\n').length).toBeGreaterThan((answer['layers'] as unknown[]).length);
});

test('data list names the data sets', async () => {
  const { code, stdout } = await runCli('data', 'list');
  expect(code).toBe(0);
  for (const name of ['cifar10', 'textures']) expect(stdout).toContain(name);
});

test('doctor says which version and backend there are', async () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  const { code, stdout } = await runCli('doctor');
  expect(code).toBe(0);
  expect(stdout).toContain(version);
  expect(stdout).toMatch(/backend/i);
});
