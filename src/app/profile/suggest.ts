/** What to measure next, written as files that are ready to run. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  asDiskError,
  createRandom,
  makeFolders,
  readTextFile,
  sizeLimits,
  writeFileAtomic,
} from '../../base/index.js';
import { encodeOnnx, randomWeights } from '../../formats/index.js';
import {
  kernelKey,
  kernelOfRow,
  type Measurements,
  type Profile,
  type Suggestion,
  suggestMeasurements,
} from '../../hardware/index.js';
import { type LowerOptions, architectureHash, lower } from '../../models/index.js';
import { loadSpace } from '../config/index.js';

export interface SuggestOptions {
  /** How many networks. */
  readonly count: number;
  /** The search space that the profile is for, by name or path. */
  readonly space: string;
  /** Folder to write to. */
  readonly folder: string;
  /** Input height and width; default: the space's own. */
  readonly resolution?: number | undefined;
  readonly seed?: string | number | undefined;
}

export interface SuggestedNetwork extends Omit<Suggestion, 'architecture'> {
  /** Its architecture's file; the ONNX file has the same name. */
  readonly file: string;
}

/** Members of the space that are looked at. */
const candidates = 400;

const kernelKeys = ({ kernels }: Measurements) =>
  new Set(kernels.map(({ op, shape }) => kernelKey(kernelOfRow(op, shape))));

/** Adds a row to fill in for each file that has none yet: times that the user filled in are not touched. */
function addRows(path: string, files: readonly string[]): void {
  const before = existsSync(path)
    ? readTextFile(path, 'bad-data', { limit: sizeLimits.table }).trimEnd()
    : 'model,ms';
  // A spreadsheet may have saved it with semicolons or tabs.
  const mark = /^"?model"?([,;\t])/m.exec(before)?.[1] ?? ',';
  const listed = new Set(
    before.split('\n').map((line) => line.slice(0, line.indexOf(mark)).replaceAll('"', '')),
  );
  const rows = files.filter((file) => !listed.has(file)).map((file) => `${file}${mark}`);
  writeFileAtomic(path, `${[before, ...rows].join('\n')}\n`);
}

/**
 * Chooses the networks of a space whose measurement cuts most of a profile's uncertainty over that space,
 * and writes each as an architecture and as an ONNX model with random weights, and `networks.csv` to fill in: what
 * that already holds stays.
 * @param data what the profile was made from; device kernels that it holds are not asked for again.
 * @throws MixnasError `bad-config` for the space, `no-space`.
 */
export function suggestNetworks(
  profile: Profile,
  data: Measurements,
  options: SuggestOptions,
): SuggestedNetwork[] {
  const { count, folder, seed = 1 } = options;
  const space = loadSpace(options.space);
  const random = createRandom(`suggest/${seed}`);
  const pool = Array.from({ length: candidates }, () => space.decode(space.random(random)));
  const at: LowerOptions = options.resolution === undefined ? {} : { resolution: options.resolution };
  const chosen = suggestMeasurements(profile, pool, count, at, kernelKeys(data)).map(
    ({ architecture, ...rest }) => {
      const resolution = options.resolution ?? architecture.resolution;
      const name = `${space.name}-${architectureHash(architecture).slice(0, 8)}`;
      return { architecture: { ...architecture, name, resolution }, rest, file: `${name}.json` };
    },
  );
  try {
    makeFolders(folder);
    for (const { architecture, file } of chosen) {
      const graph = lower(architecture);
      const weights = randomWeights(graph, createRandom(graph.name));
      writeFileAtomic(join(folder, file), `${JSON.stringify(architecture, null, 2)}\n`);
      writeFileSync(join(folder, file.replace(/json$/, 'onnx')), encodeOnnx(graph, weights, { batch: 1 }));
    }
    addRows(
      join(folder, 'networks.csv'),
      chosen.map(({ file }) => file),
    );
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
  return chosen.map(({ file, rest }) => ({ file: join(folder, file), ...rest }));
}
