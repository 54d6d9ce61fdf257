/**
 * `npm run build`, and what `npm install` runs at its end: src to dist, incrementally. An install without
 * the development dependencies has no compiler and keeps the dist it came with.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleDashboard } from './setup/bundle.mjs';
import { hideTensorTypes } from './setup/types.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function compiler() {
  try {
    return join(
      dirname(createRequire(join(root, 'x.js')).resolve('typescript-native/package.json')),
      'bin/tsc',
    );
  } catch {
    return undefined;
  }
}

/** Removes what an earlier build made of sources that are gone, or that are for tests only: dist is published. */
function removeStale() {
  const dist = join(root, 'dist');
  for (const path of readdirSync(dist, { recursive: true })) {
    const source = /^(.*)\.(?:d\.ts|js|js\.map)$/.exec(path)?.[1];
    if (source === undefined) continue;
    const known = ['.ts', '.tsx'].some((end) => existsSync(join(root, 'src', source + end)));
    if (!known || /\.test$|[/\\]test-helpers[/\\]/.test(source)) rmSync(join(dist, path));
  }
}

const tsc = compiler();
if (tsc) {
  const done = spawnSync(
    process.execPath,
    [tsc, '--singleThreaded', '-p', join(root, 'tsconfig.build.json')],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = done.status ?? 1;
  if (process.exitCode === 0) {
    removeStale();
    hideTensorTypes(join(root, 'dist'));
    await bundleDashboard(join(root, 'dist'));
    // The first build of our TensorFlow kernels takes seconds: better here than in a first training.
    const { loadKernels } = await import(pathToFileURL(join(root, 'dist/training/runtime/kernels.js')).href);
    loadKernels();
  }
} else if (!existsSync(join(root, 'dist', 'cli', 'index.js'))) {
  console.error('mixnas: no compiler and no dist; run `npm install` with the development dependencies.');
  process.exitCode = 1;
}
