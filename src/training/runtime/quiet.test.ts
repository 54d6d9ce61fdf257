import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../base/index.js';

/** A process that writes to standard error before, while and after something is loaded; the middle one as a library does. */
const script = `
import { writeSync } from 'node:fs';
const { withoutStandardError } = await import(${JSON.stringify(join(packageRoot(), 'dist/training/runtime/quiet.js'))});
console.error('before');
const answer = withoutStandardError(() => {
  writeSync(2, 'noise\\n');
  return 'loaded';
});
console.error(answer);
try {
  withoutStandardError(() => {
    throw new Error('refused');
  });
} catch (error) {
  console.error(error.message);
}
console.log('end');
`;
const shell = (command: string) =>
  spawnSync('bash', ['-c', command], { encoding: 'utf8', env: { ...process.env, SCRIPT: script } }).stdout;
const node = `"${process.execPath}" --input-type=module -e "$SCRIPT"`;

test.runIf(process.platform === 'linux')(
  'what a library writes while it is loaded does not reach a pipe',
  () => {
    expect(shell(`${node} 2>&1 | cat`)).toBe('before\nloaded\nrefused\nend\n');
  },
);

test('a file gets everything, in its place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-quiet-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'log');
  shell(`{ ${node}; echo last >&2; } 2> ${log} > /dev/null`);
  expect(readFileSync(log, 'utf8')).toBe('before\nnoise\nloaded\nrefused\nlast\n');
});
