/** A phone and a board for tests: stand-ins for adb, ssh and benchmark_model that behave as the real ones do. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../../src/base/index.js';
import { tflite } from '../../../src/formats/index.js';
import { type LoggedOp, benchmarkLog } from '../../../src/hardware/importers/test-helpers/benchmark-log.js';

const scripts = join(packageRoot(), 'tests/support/phone');

/** `dumpsys thermalservice` of a Pixel, shortened to what stands in front. */
const thermal = (status: number, celsius: number) =>
  [
    'IsStatusOverride: false',
    'ThermalEventListeners:',
    `Thermal Status: ${status}`,
    'Cached temperatures:',
    `\tTemperature{mValue=${celsius}, mType=0, mName=CPU0, mStatus=${status}}`,
    '\tTemperature{mValue=71.0, mType=2, mName=battery, mStatus=0}',
    'HAL Ready: true',
    '',
  ].join('\n');

export interface FakePhone {
  readonly folder: string;
  readonly benchmark: string;
  /** What `adb devices` lists. */
  plug(...devices: readonly (readonly [serial: string, state: string])[]): void;
  /** Logs of benchmark_model for every model of a folder; times follow from sizes. */
  prepare(models: string): void;
  write(file: string, text: string): void;
  /** What was called, one a line. */
  calls(): string[];
  /** Models that benchmark_model was run on, with profiling or without. */
  runs(): string[];
  readonly env: Readonly<Record<string, string>>;
}

export const serial = 'R58M12ABCDE';

export function fakePhone(): FakePhone {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-phone-'));
  for (const part of ['bin', 'data/local/tmp', 'logs', 'sys/class/thermal/thermal_zone0']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  for (const program of ['dumpsys', 'taskset']) cpSync(join(scripts, program), join(folder, 'bin', program));
  write('thermalservice', thermal(0, 31));
  write('cool', thermal(0, 33));
  write('hot', thermal(3, 61));
  write('sys/class/thermal/thermal_zone0/type', 'battery\n');
  write('sys/class/thermal/thermal_zone0/temp', '71000\n');
  const calls = () =>
    existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
  return {
    folder,
    benchmark: join(scripts, 'benchmark_model'),
    plug: (...devices) => write('devices', devices.map((row) => `${row.join('\t')}\n`).join('')),
    prepare: (models) => makeLogs(models, join(folder, 'logs')),
    write,
    calls,
    runs: () => calls().filter((call) => call.startsWith('benchmark_model ')),
    env: { FAKE_PHONE: folder, PATH: `${scripts}${delimiter}${process.env['PATH'] ?? ''}` },
  };
}

/** Times of a device that runs 20 billion multiplications a second and moves 4 billion numbers, 5 us a launch. */
function opsOf(path: string): LoggedOp[] {
  const model = tflite.readTables(readFileSync(path), path);
  const graph = model.subgraphs?.[0];
  const shape = (id: number | undefined) => graph?.tensors?.[id ?? -1]?.shape ?? [];
  const size = (id: number | undefined) => shape(id).reduce((a, b) => a * b, 1);
  return (graph?.operators ?? []).map((operator): LoggedOp => {
    const code = model.operatorCodes?.[operator.code];
    const type = tflite.builtinOperators[code?.code || (code?.oldCode ?? 0)] ?? 'UNKNOWN';
    const outputs = [...(operator.outputs ?? [])];
    const made = outputs.reduce((sum, id) => sum + size(id), 0);
    const [input, weights] = [...(operator.inputs ?? [])];
    const perOutput =
      type === 'CONV_2D' || type === 'FULLY_CONNECTED'
        ? size(weights) / (shape(weights)[0] ?? 1)
        : type === 'DEPTHWISE_CONV_2D'
          ? (shape(weights)[1] ?? 1) * (shape(weights)[2] ?? 1)
          : 0;
    const us = 5 + (made * perOutput) / 20_000 + (made + size(input)) / 4000;
    return [type, us / 1000];
  });
}

function makeLogs(models: string, logs: string): void {
  for (const file of readdirSync(models).filter((name) => name.endsWith('.tflite'))) {
    const ops = opsOf(join(models, file));
    const us = ops.reduce((sum, [, ms]) => sum + ms * 1000, 0);
    const name = file.slice(0, -'.tflite'.length);
    writeFileSync(join(logs, `${name}.ops.txt`), benchmarkLog(ops, Math.round(us * 1.08 + 40)));
    const whole = benchmarkLog(
      [['TfLiteXNNPackDelegate', us / 1000]],
      Math.round((us * 1.05 + 30) * 10) / 10,
    );
    // Without profiling the log ends after the times.
    writeFileSync(join(logs, `${name}.time.txt`), whole.slice(0, whole.indexOf('Profiling Info')));
  }
}
