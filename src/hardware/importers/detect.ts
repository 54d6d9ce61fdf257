/** Which of the formats a file of kernels, or of networks, is in, and its rows whatever that is. */
import { MixnasError } from '../../base/index.js';
import { csvHeader } from './csv.js';
import { devicePrefix, type ImportedLaunch, importGpuEndToEnd, importGpuOps, opsColumns } from './gpu-csv.js';
import { impliedAfter } from './implied.js';
import { fileLines } from './lines.js';
import { importListing, isListingLine } from './listings.js';
import { importKernels, importNetworks } from './measured-csv.js';
import { Keeping } from './limits.js';
import { TimeSketch } from './time-sketch.js';
import type { BuiltLaunch } from './build.js';

/**
 * Launches in the order of a file of mobile-ml-benchmark's columns, and after each one the kernel that no
 * row measured, if one ran. Reads two launches back and one ahead, so a file may be of any length.
 */
function* withImplied(launches: Iterable<ImportedLaunch>): Generator<BuiltLaunch> {
  let seen: ImportedLaunch[] = [];
  const emit = function* (at: number): Generator<BuiltLaunch> {
    const { network: model, kernel, us } = seen[at] as ImportedLaunch;
    yield { model, kernel, us: us[0] };
    const implied = impliedAfter(seen, at);
    if (implied) yield { model, kernel: implied };
  };
  for (const launch of launches) {
    if (seen.length > 0 && seen[0]?.network !== launch.network) {
      yield* emit(seen.length - 1);
      seen = [];
    }
    seen.push(launch);
    if (seen.length > 1) yield* emit(seen.length - 2);
    if (seen.length > 3) seen.shift();
  }
  if (seen.length > 0) yield* emit(seen.length - 1);
}

/**
 * Yields the launches of a file of kernels: mobile-ml-benchmark's columns, or the simple ones.
 * @param device whose columns to read, where there are several.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function* kernelRows(path: string, device: string): Generator<BuiltLaunch> {
  const header = csvHeader(fileLines(path));
  const gpu = opsColumns.filter((column) => header.includes(column)).length > opsColumns.length / 2;
  if (!gpu || header.includes('size')) {
    yield* importKernels(fileLines(path), path);
    return;
  }
  const prefix = devicePrefix(header, '_us', device, path);
  yield* withImplied(importGpuOps(fileLines(path), path, [prefix]));
}

/**
 * Yields the rows of a file of whole networks: a listing of ncnn's or MNN's benchmark, a CSV `model,ms`, or one with
 * mobile-ml-benchmark's columns.
 * @throws MixnasError `bad-data` that names line and column.
 */
function* networkRows(
  path: string,
  device: string,
): Generator<{ readonly model: string; readonly ms: number }> {
  for (const line of fileLines(path)) {
    if (!isListingLine(line)) continue;
    yield* importListing(fileLines(path), path);
    return;
  }
  const header = csvHeader(fileLines(path));
  if (header.includes('ms') || !header.some((column) => column.endsWith('_mean_us'))) {
    yield* importNetworks(fileLines(path), path);
    return;
  }
  for (const { network, meanUs } of importGpuEndToEnd(fileLines(path), path, device)) {
    yield { model: network, ms: meanUs / 1000 };
  }
}

/**
 * The whole networks of a file in the order of their names, each with the median of its rows: the order of
 * rows changes nothing, and memory grows with the networks only.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function importWholes(
  path: string,
  device: string,
): { readonly model: string; readonly ms: number }[] {
  const times = new Map<string, TimeSketch>();
  const keeping = new Keeping(path);
  for (const { model, ms } of networkRows(path, device)) {
    let sketch = times.get(model);
    if (sketch === undefined) {
      keeping.network();
      sketch = new TimeSketch();
      times.set(model, sketch);
    }
    sketch.add(ms);
  }
  if (times.size === 0) throw new MixnasError('bad-data', `${path}: no row has a time.`);
  return [...times]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, sketch]) => ({ model, ms: sketch.medianUs() }));
}
