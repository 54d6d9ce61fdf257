import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig, parseConfig } from './config.js';
import { configTemplate, init } from './init.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-init-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the written config says what an empty one means', () => {
  const path = join(folder, 'plain.yaml');
  init(path);
  expect({ ...loadConfig(path).config, name: '' }).toEqual({ ...parseConfig({}).config, name: '' });
});

test('what is given stands in it, and every field is explained', () => {
  const path = join(folder, 'given.yaml');
  init(path, { profiles: ['ethos-u65'], maxLatencyMs: { 'ethos-u65': 9 }, dataset: 'textures' });
  expect(loadConfig(path).config).toMatchObject({
    profiles: ['ethos-u65'],
    limits: { latencyMs: { 'ethos-u65': 9 } },
    dataset: { name: 'textures' },
  });
  const text = readFileSync(path, 'utf8').split('\n');
  const fields = text.filter((line) => /^\s*(# )?[a-zA-Z]+:( |$)/.test(line));
  expect(fields.length).toBeGreaterThan(15);
});

test('nothing is overwritten, and nothing is written that a search would refuse', () => {
  const path = join(folder, 'plain.yaml');
  expect(() => init(path)).toThrow(`${path} exists already.`);
  expect(() => configTemplate({ profiles: ['mali-g67'] })).toThrow('did you mean mali-g76?');
});
