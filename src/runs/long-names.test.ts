import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRun } from './index.js';
import { createRun } from './run-writer.js';
import { contents, inTemporaryFolder } from './test-helpers/small-run.js';

type Json = Record<string, unknown>;

/** Every string of a JSON value, by a function that replaces it. */
function* strings(value: unknown): Generator<(text: string) => void> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string') yield (text) => void ((value as Json)[key] = text);
    else yield* strings(inner);
  }
}

test('a string of a run that is too long to be drawn is refused, wherever it is', () =>
  inTemporaryFolder((root) => {
    const { folder, close } = createRun(root, 'a', contents);
    close();
    let count = 0;
    for (const file of ['manifest.json', 'landmarks.json']) {
      const path = join(folder, file);
      const before = readFileSync(path, 'utf8');
      const places = [...strings(JSON.parse(before))].length;
      for (let i = 0; i < places; i++, count++) {
        const changed = JSON.parse(before) as Json;
        [...strings(changed)][i]?.('a'.repeat(100_000));
        writeFileSync(path, JSON.stringify(changed));
        expect(() => readRun(folder)).toThrow(/<=|is not a date|invalid option/);
      }
      writeFileSync(path, before);
    }
    expect(count).toBeGreaterThan(10);
    expect(readRun(folder).name).toBe('a');
  }));
