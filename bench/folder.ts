/**
 * Training on folders of images that are read ahead.
 *
 *     npm run bench:folder -- --rounds 5 --steps 20 --memory 1 --images 50000 --network 1 --threads 1
 *
 * Steps a second compared with the same images in memory: CIFAR-10 written out as PNG files, read from their decoded form
 * in the cache and from the files themselves, sides in turn, the ratio of medians. `--memory` is what is kept of
 * decoded images, in MB: 1 keeps next to nothing, so that every step's images are read. `--images` takes fewer than all 50,000.
 *
 *     npm run bench:folder -- --files 50000 [--folder FOLDER] [--memory 8] [--disk 0]
 *
 * Memory over an epoch of so many generated files; fails when it grows. The files are written once and stay: below the
 * cache, or in FOLDER.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../src/base/index.js';
import { generatedFolder } from './folder/files.js';
import { trainEpoch } from './folder/memory.js';
import { compareSpeed } from './folder/speed.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20' },
    memory: { type: 'string' },
    images: { type: 'string', default: '50000' },
    network: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    files: { type: 'string' },
    folder: { type: 'string' },
    disk: { type: 'string', default: '0' },
    written: { type: 'boolean', default: false },
  },
});

if (options.files === undefined) {
  await compareSpeed({
    rounds: Number(options.rounds),
    steps: Number(options.steps),
    memory: Number(options.memory ?? 1),
    images: Number(options.images),
    network: Number(options.network),
    threads: Number(options.threads),
  });
} else {
  const files = Number(options.files);
  const folder = resolve(options.folder ?? join(cacheFolder(), `bench-${files}-files`));
  if (options.written) {
    const flat = await trainEpoch({
      files,
      folder,
      memory: Number(options.memory ?? 8),
      disk: Number(options.disk),
    });
    process.exitCode = flat ? 0 : 1;
  } else {
    await generatedFolder(folder, files);
    // In a process of its own: this one still holds what writing took.
    const again = [...process.execArgv, ...process.argv.slice(1), '--written'];
    process.exitCode = spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1;
  }
}
