/** A folder to carry to a device: models, a script that measures them, and an Android app that does. */
import { chmodSync, cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, asDiskError, makeFolders, packageRoot } from '../../../base/index.js';
import { type DeviceUnit, benchmarkFlags } from '../../../measure/index.js';
import { type ChooseOptions, chooseNetworks, rulesOfUnit } from './choose.js';
import { unitOf } from './kit-device.js';
import { kitModels } from './kit-models.js';
import { type ModelPrecision, writeModels } from './models.js';

export interface KitOptions extends ChooseOptions {
  /** What the models are for: grouped convolutions and hard swish have another form on a CPU. Default: `cpu`. */
  readonly unit?: DeviceUnit | undefined;
  /** Models in 8-bit integers, which NPUs and NNAPI need. */
  readonly int8?: boolean | undefined;
  readonly onStep?: ((step: string) => void) | undefined;
}

export interface KitReport {
  readonly folder: string;
  readonly unit: DeviceUnit;
  readonly precision: ModelPrecision;
  /** Names of the small models, and of the networks. */
  readonly kernels: readonly string[];
  readonly networks: readonly string[];
}

/** The script, the app and the description, as they lie in the package. */
const parts = () => join(packageRoot(), 'kit');

/**
 * Writes a kit. The same options write the same bytes.
 * @throws MixnasError `bad-usage` for a folder that holds other things, `bad-config`, `bad-profile`, `no-space`.
 */
export function writeKit(folder: string, options: KitOptions = {}): KitReport {
  const { unit = 'cpu', networks = 10, like, int8, onStep } = options;
  const precision = int8 ? 'int8' : 'float32';
  checkFolder(folder);
  const kernels = kitModels();
  onStep?.('choosing networks');
  const chosen =
    networks === 0 ? [] : chooseNetworks(rulesOfUnit(unitOf[unit], like), { ...options, networks });
  onStep?.(`writing ${kernels.length + chosen.length} models`);
  writeModels(join(folder, 'models'), [...kernels, ...chosen], unit, precision);
  try {
    makeFolders(join(folder, 'results'));
    cpSync(parts(), folder, { recursive: true });
    chmodSync(join(folder, 'measure.sh'), 0o755);
    writeFileSync(join(folder, 'settings.sh'), settings(unit));
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
  const names = (graphs: readonly { name: string }[]) => graphs.map(({ name }) => name);
  return { folder, unit, precision, kernels: names(kernels), networks: names(chosen) };
}

/** A kit may be written again, over itself; never over something else. */
function checkFolder(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, 'measure.sh')))
    return;
  throw new MixnasError('bad-usage', `${folder} is not empty, and not a kit.`, {
    remedy: 'Name a folder that is empty or does not exist.',
  });
}

/** The script's defaults: the flags are those of `profile measure`. */
function settings(unit: DeviceUnit): string {
  const flags = (ops: boolean) =>
    benchmarkFlags({ unit, threads: 1, cores: [], seconds: 2 }, ops)
      .filter((flag) => !/num_threads|use_xnnpack|use_gpu|use_nnapi/.test(flag))
      .join(' ');
  return [
    '# What measure.sh does where it is told nothing else.',
    `default_unit=${unit}`,
    `time_flags='${flags(false)}'`,
    `ops_flags='${flags(true)}'`,
    '',
  ].join('\n');
}
