/** The results of a kit, or of measuring by adb or ssh: logs of benchmark_model and the files of the Android app. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MixnasError } from '../../../base/index.js';
import {
  type BuiltLaunch,
  type MappingRules,
  type MeasuredWhole,
  csvRows,
  fileLines,
  importInference,
  importOpProfile,
  isOwnOp,
  mapKernels,
  timeGraph,
} from '../../../hardware/index.js';
import { type DeviceUnit, deviceUnits } from '../../../measure/index.js';
import { graphOfFile } from '../../network/index.js';
import { kitModels } from './kit-models.js';
import { type ModelPrecision, precisionOfModels } from './models.js';

export interface KitResults {
  readonly unit: DeviceUnit | undefined;
  readonly precision: ModelPrecision;
  readonly launches: readonly BuiltLaunch[];
  readonly wholes: readonly MeasuredWhole[];
  /** Device kernels alone of which only the whole is known: of use where a fit has nothing better. */
  readonly singles: readonly MeasuredWhole[];
}

/** One measured time of a model, or the log with its operators. */
interface Found {
  readonly model: string;
  readonly path: string;
  readonly ms?: number | undefined;
}

const endings = { time: '.time.txt', ops: '.ops.txt' } as const;

function filesOf(folder: string): string[] {
  const results = join(folder, 'results');
  if (!existsSync(results)) {
    throw new MixnasError('bad-data', `${folder} has no folder results.`, {
      remedy: `Run ${join(folder, 'measure.sh')} or the app, and put its result files there.`,
    });
  }
  return readdirSync(results)
    .filter((file) => /\.(?:txt|csv)$/.test(file))
    .toSorted()
    .map((file) => join(results, file));
}

/** Rows of the app's file: the times of one unit. */
function appRows(path: string, unit: DeviceUnit | undefined): { rows: Found[]; units: Set<string> } {
  const units = new Set<string>();
  const rows = [...csvRows(fileLines(path), path, ['model', 'unit', 'ms'])].flatMap((row) => {
    const own = row.text('unit');
    if (!(deviceUnits as readonly string[]).includes(own)) {
      throw row.error(`unknown unit ${own}`, `Known are ${deviceUnits.join(', ')}.`);
    }
    units.add(own);
    const model = basename(row.text('model'), '.tflite');
    return unit !== undefined && own !== unit ? [] : [{ model, path, ms: row.positive('ms') }];
  });
  return { rows, units };
}

/** The unit that a log was taken on, in the line that our script and `measure` write above it. */
function unitOfLog(path: string): DeviceUnit | undefined {
  for (const line of fileLines(path)) {
    return deviceUnits.find((unit) => line.startsWith(`mixnas: ${unit},`));
  }
  return undefined;
}

/**
 * Reads every result of a kit's folder.
 * @param folder with `models/` and `results/`.
 * @param rules how the device launches layers, once its unit is known.
 * @param wanted of results of several units those to read.
 * @throws MixnasError `bad-data` for a result without its model or that does not fit it, and where units are mixed.
 */
export function readKit(
  folder: string,
  rules: (unit: DeviceUnit) => MappingRules,
  wanted?: DeviceUnit,
): KitResults {
  const units = new Set<string>();
  const times: Found[] = [];
  const profiled: Found[] = [];
  for (const path of filesOf(folder)) {
    const file = basename(path);
    if (file.endsWith('.csv')) {
      const { rows, units: own } = appRows(path, wanted);
      times.push(...rows);
      for (const unit of own) units.add(unit);
      continue;
    }
    const unit = unitOfLog(path);
    if (unit !== undefined) units.add(unit);
    if (wanted !== undefined && unit !== undefined && unit !== wanted) continue;
    if (file.endsWith(endings.ops)) profiled.push({ model: file.slice(0, -endings.ops.length), path });
    else if (file.endsWith(endings.time)) times.push({ model: file.slice(0, -endings.time.length), path });
  }
  if (wanted === undefined && units.size > 1) {
    throw new MixnasError('bad-data', `${folder} holds results of ${[...units].join(' and ')}.`, {
      remedy: 'Say which to take with --unit: CPU, GPU or NPU (which is NNAPI).',
    });
  }
  const unit = wanted ?? deviceUnits.find((name) => units.has(name));
  if (times.length + profiled.length === 0) {
    throw new MixnasError(
      'bad-data',
      `${join(folder, 'results')} holds no result${unit ? ` of ${unit}` : ''}.`,
      {
        remedy: 'Run measure.sh or the app first.',
      },
    );
  }
  const precision = precisionOfModels(join(folder, 'models'));
  return { unit, precision, ...joined(folder, rules(unit ?? 'cpu'), times, profiled) };
}

function joined(folder: string, rules: MappingRules, times: readonly Found[], profiled: readonly Found[]) {
  const single = new Set(kitModels().map(({ name }) => name));
  const graphs = new Map<string, ReturnType<typeof graphOfFile>['graph']>();
  const graphOf = ({ model, path }: Found) => {
    const file = join(folder, 'models', `${model}.tflite`);
    if (!existsSync(file)) {
      throw new MixnasError('bad-data', `${path}: there is no model ${file}.`, {
        remedy: 'Keep the models of the kit where they are.',
      });
    }
    const graph = graphs.get(model) ?? graphOfFile(file, []).graph;
    graphs.set(model, graph);
    return graph;
  };
  const launches: BuiltLaunch[] = profiled.flatMap((found) =>
    timeGraph(
      importOpProfile(fileLines(found.path), found.path, isOwnOp),
      graphOf(found),
      rules,
      found.path,
    ).map((launch) => ({ ...launch, model: found.model })),
  );
  const timed = new Set(profiled.map(({ model }) => model));
  const all = times.flatMap((found): MeasuredWhole[] => {
    const { model, path } = found;
    // A device kernel alone shows its own time; as a network it would count where a profile's error is stated.
    if (timed.has(model) && single.has(model)) return [];
    const us = found.ms === undefined ? importInference(fileLines(path), path) : found.ms * 1000;
    const kernels = mapKernels(graphOf(found), rules);
    return [{ model, ...(timed.has(model) ? {} : { kernels }), endToEndUs: us }];
  });
  return {
    launches,
    wholes: all.filter(({ model }) => !single.has(model)),
    singles: all.filter(({ model }) => single.has(model)),
  };
}
