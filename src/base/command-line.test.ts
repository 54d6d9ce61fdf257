import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine, programName, shellWord } from './index.js';

test('the program is called by npx unless a shell finds it', () => {
  const root = mkdtempSync(join(tmpdir(), 'mixnas-path-'));
  const at = (...parts: string[]) => join(root, ...parts);
  for (const folder of [at('bin'), at('plain'), at('node_modules', '.bin')]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mixnas'), '#!/bin/sh\n');
  }
  chmodSync(at('bin', 'mixnas'), 0o755);
  chmodSync(at('node_modules', '.bin', 'mixnas'), 0o755);
  const path = (...folders: string[]) => folders.join(delimiter);
  expect(programName(path('/none', at('bin')))).toBe('mixnas');
  // A file that cannot be run, and what only npm's own path holds, is not found in a shell.
  expect(programName(path(at('plain'), at('node_modules', '.bin'), ''))).toBe('npx mixnas');
  expect(programName('')).toBe('npx mixnas');
  rmSync(root, { recursive: true });
});

test('words are quoted where a shell would change them', () => {
  expect(['run-1#12', 'a/b.yaml', '#1', "it's", '~/x', 'a b', ''].map(shellWord)).toEqual([
    'run-1#12',
    'a/b.yaml',
    "'#1'",
    String.raw`'it'\''s'`,
    "'~/x'",
    "'a b'",
    "''",
  ]);
  expect(commandLine('resume', 'my run', '--trials', 3)).toBe(`${programName()} resume 'my run' --trials 3`);
});
