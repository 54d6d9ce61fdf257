/**
 * Makes profiles/*.json and profiles/data/*.json from the raw public files:
 *   npx tsx scripts/make-profiles.ts --raw FOLDER
 * FOLDER holds gpu_ops.csv, gpu_e2e.csv, cpu_e2e.csv, boards_e2e.csv, families.json, the ethosu files and op_lists.json.
 * Without --raw, only the profiles are fitted again, from profiles/data; with --only TEXT (repeatable) those whose name
 * begins so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  loadMeasurements,
  loadProfile,
  type Profile,
  stringifyData,
  tuneFromHandful,
  tuneProfile,
} from '../src/hardware/index.js';
import { boardMeasurements, boards } from './profiles/boards.js';
import { cpuDescriptions, cpuMeasurements } from './profiles/cpu.js';
import { ethosMeasurements } from './profiles/ethos.js';
import { gpuMeasurements } from './profiles/gpu.js';
import { hexagonMeasurements } from './profiles/hexagon.js';
import { descriptions } from './profiles/descriptions.js';
import { ncnnMeasurements } from './profiles/ncnn.js';
import { ncnnProfiles } from './profiles/ncnn-profiles.js';
import { withCompiler } from './profiles/vela.js';

const { values } = parseArgs({
  options: { raw: { type: 'string' }, only: { type: 'string', multiple: true } },
});
const folder = new URL('../profiles', import.meta.url).pathname;
const dataFile = (name: string) => join(folder, 'data', `${name}.json`);

if (values.raw !== undefined) {
  const raw = values.raw;
  const read = (name: string) => readFileSync(join(raw, name), 'utf8');
  writeFileSync(dataFile('mobile-ml-benchmark'), stringifyData(gpuMeasurements(read)));
  writeFileSync(dataFile('mobile-ml-benchmark-cpu'), stringifyData(cpuMeasurements(read)));
  for (const data of ['boards-cpu', 'boards-gpu'] as const) {
    writeFileSync(dataFile(data), stringifyData(boardMeasurements(read, data)));
  }
  writeFileSync(dataFile('ethos-u'), stringifyData(ethosMeasurements(read)));
  writeFileSync(dataFile('hexagon'), stringifyData(hexagonMeasurements(read)));
  writeFileSync(dataFile('ncnn-gpu'), stringifyData(ncnnMeasurements(read, dataFile('mobile-ml-benchmark'))));
}
const wanted = (name: string) => values.only?.some((start) => name.startsWith(start)) ?? true;

function write(profile: Profile): void {
  writeFileSync(join(folder, `${profile.name}.json`), stringifyData(profile));
  const { error } = profile;
  const figures = (e: typeof error | NonNullable<typeof error>['models']) =>
    e
      ? `${e.mape.toFixed(2)} %, ${e.within10.toFixed(0)} % within 10, ${e.spearman?.toFixed(4)}, ${e.coverage90?.toFixed(0)} % in band`
      : 'none';
  console.log(profile.name, error?.leftOut ?? '', figures(error), '| models', figures(error?.models));
}

for (const { data, compiler, ...description } of [...descriptions, ...cpuDescriptions]) {
  if (!wanted(description.name)) continue;
  const measurements = loadMeasurements(dataFile(data));
  const tuned = await tuneProfile(measurements, description);
  write(compiler ? withCompiler(tuned, measurements, compiler) : tuned);
}
for (const { data, description, base } of boards) {
  if (!wanted(description.name)) continue;
  const sibling = base === undefined ? undefined : loadProfile(join(folder, `${base}.json`));
  write(await tuneFromHandful(loadMeasurements(dataFile(data)), description, sibling));
}
// Last, since they are transferred from those above.
for (const profile of ncnnProfiles(loadMeasurements(dataFile('ncnn-gpu')))) {
  if (wanted(profile.name)) write(profile);
}
