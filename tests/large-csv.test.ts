import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows by the hundred thousand; MIXNAS_ROWS=10000000 tries the ten million of which a user may have. */
const rows = Number(process.env['MIXNAS_ROWS'] ?? 600_000);
/** MB of heap: far below what the rows of the file would take. */
const heapMb = 64;

function writeRows(name: string, row: (i: number) => string): string {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  writeSync(file, 'model,op,size,input,output,kernel,stride,us\n');
  for (let i = 0; i < rows; ) {
    let text = '';
    for (const end = Math.min(rows, i + 10_000); i < end; i++) text += row(i);
    writeSync(file, text);
  }
  closeSync(file);
  return path;
}

function importWithLittleMemory(path: string) {
  const script = fileURLToPath(new URL('./support/import-process.ts', import.meta.url));
  const args = [`--max-old-space-size=${heapMb}`, '--import', import.meta.resolve('tsx'), script, path];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr.slice(0, 500)]).toEqual([0, '']);
  return JSON.parse(stdout) as { kernels: number; launches: number; warnings: string[] };
}

it('reads a file of many repeated rows in a bounded memory', () => {
  const path = writeRows('repeated.csv', (i) => {
    const channels = 8 * (1 + (i % 50));
    return `net${i % 20},conv,${[7, 14, 28, 56][i % 4]},${channels},${channels},1,1,${20 + channels + (i % 997) / 100}\n`;
  });
  expect(statSync(path).size).toBeGreaterThan(rows * 30);
  expect(importWithLittleMemory(path)).toEqual({ kernels: 100, launches: 100, warnings: [] });
});

it('keeps a sample, and says so, of a file whose every row is another kernel', () => {
  const path = writeRows(
    'distinct.csv',
    (i) => `net,conv,7,${1 + (i % 9973)},${1 + Math.floor(i / 9973)},1,1,5\n`,
  );
  const { kernels, warnings } = importWithLittleMemory(path);
  expect(kernels).toBeGreaterThan(1000);
  expect(kernels).toBeLessThanOrEqual(50_000);
  expect(warnings.join()).toMatch(/more distinct kernels than a profile can hold/);
});
