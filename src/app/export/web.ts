/** A static page that classifies pictures with exported files in the browser: LiteRT lies next to it. */
import { copyFileSync, cpSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MixnasError, asDiskError, makeFolders, packageRoot, writeFileAtomic } from '../../base/index.js';
import { liteRtFiles } from '../../export/index.js';
import type { ExportOptions } from './options.js';
import type { ExportedFile } from './report.js';
import type { ExportSource } from './sources.js';

/** One network of the page. */
export interface WebEntry {
  readonly source: Pick<ExportSource, 'labels' | 'mean' | 'std' | 'architecture'>;
  readonly file: Pick<ExportedFile, 'network' | 'path' | 'precision' | 'check'>;
}

/** Where the page keeps its files. */
export const webModels = (web: string): string => join(web, 'models');

/** @throws MixnasError `bad-usage` for what no browser runs, `no-backend` without LiteRT. */
export function checkWeb({ web, format = 'tflite', integerIo, split }: ExportOptions): void {
  if (web === undefined) return;
  const fail = (message: string, remedy: string) => {
    throw new MixnasError('bad-usage', message, { remedy });
  };
  if (format !== 'tflite') fail(`A page runs TFLite files, not ${format}.`, 'Leave --format or --web out.');
  if (integerIo) fail('LiteRT in a browser has no 8-bit inputs.', 'Leave --integer-io or --web out.');
  if (split) fail('A page runs whole networks.', 'Leave --split or --web out.');
  if (liteRtFiles() !== undefined) return;
  throw new MixnasError('no-backend', 'The page needs LiteRT, which is not installed.', {
    remedy: 'Install it: npm install @litertjs/core.',
  });
}

/**
 * Writes the page for networks that were exported.
 * @throws MixnasError `no-space`.
 */
export function writeWeb(web: string, entries: readonly WebEntry[]): void {
  const models = webModels(web);
  const list = entries.map(({ source, file }) => ({
    name: `${file.network}${file.precision === 'float32' ? '' : `, ${file.precision}`}`,
    file: basename(file.path),
    resolution: source.architecture.resolution,
    channels: source.architecture.inputChannels,
    mean: source.mean,
    std: source.std,
    labels: source.labels,
    accuracy: file.check?.accuracy,
  }));
  try {
    makeFolders(models);
    cpSync(join(packageRoot(), 'web'), web, { recursive: true });
    for (const { file } of entries) {
      const target = join(models, basename(file.path));
      if (resolve(target) !== resolve(file.path)) copyFileSync(file.path, target);
    }
    writeFileAtomic(join(models, 'models.json'), `${JSON.stringify(list, null, 1)}\n`);
    for (const [name, path] of liteRtFiles() ?? []) {
      const target = join(web, 'litert', name);
      makeFolders(join(target, '..'));
      copyFileSync(path, target);
    }
  } catch (error) {
    throw asDiskError(error, web) ?? error;
  }
}
