#!/usr/bin/env node
/**
 * Starts the command line from dist/, or, in a checkout whose src/ is newer than its build, from the
 * sources through tsx.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, 'dist', 'cli', 'index.js');
const sources = join(root, 'src');

/** Whether a file of `folder` that is part of the build changed after `time` (milliseconds). */
function changedSince(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return changedSince(path, time);
    return /(?<!\.test)\.tsx?$/.test(entry.name) && statSync(path).mtimeMs > time;
  });
}

/** When the build was made: tsc rewrites its build info even where a file's output stays the same. */
function builtAt() {
  const info = join(root, 'dist', '.tsbuildinfo');
  return statSync(existsSync(info) ? info : built).mtimeMs;
}

const current = existsSync(built) && !(existsSync(sources) && changedSince(sources, builtAt()));
if (current) {
  module.enableCompileCache?.();
} else {
  const { register } = await import('tsx/esm/api');
  register();
}
const entry = current ? built : join(sources, 'cli', 'index.ts');
try {
  const { main } = await import(pathToFileURL(entry).href);
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Node opens all modules at once; what `main` throws it has said itself.
  if (error?.code !== 'EMFILE' && error?.code !== 'ENFILE') throw error;
  process.stderr.write(
    `mixnas: no more files can be opened (${error.code}).\nRaise the limit on open files: \`ulimit -n 1024\`.\n`,
  );
  process.exitCode = 2;
}
