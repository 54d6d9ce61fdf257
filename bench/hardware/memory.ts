/** Peak memory as the profiles state it, against what was measured. */
import { join } from 'node:path';
import { packageRoot } from '../../src/base/index.js';
import { csvRows, fileLines, loadMeasurements, loadProfile } from '../../src/hardware/index.js';
import { memoryError, observationsOf, peaksOf, sizesOf } from '../../src/hardware/fit/index.js';

/** Networks of ST's model zoo by the names that they have in mobile-ml-benchmark. */
const sameNetworks: Readonly<Record<string, string>> = {
  mobilenet_a025: 'mobilenet_wd4',
  mobilenet_a050: 'mobilenet_wd2',
  mobilenet_a075: 'mobilenet_w3d4',
  mobilenetb_a025: 'mobilenetb_wd4',
  mobilenetb_a050: 'mobilenetb_wd2',
  mobilenetb_a075: 'mobilenetb_w3d4',
  fdmobilenet_a025: 'fdmobilenet_wd4',
  fdmobilenet_a050: 'fdmobilenet_wd2',
  fdmobilenet_a075: 'fdmobilenet_w3d4',
  mobilenetv2_a025: 'mobilenetv2_wd4',
  mobilenetv2_a050: 'mobilenetv2_wd2',
  mobilenetv2_a075: 'mobilenetv2_w3d4',
  mobilenetv2b_a025: 'mobilenetv2b_wd4',
  mobilenetv2b_a050: 'mobilenetv2b_wd2',
  mobilenetv2b_a075: 'mobilenetv2b_w3d4',
  mobilenetv2b_a100: 'mobilenetv2b_w1',
  regnetx002: 'regnetx002',
};

const dataOf = (name: string) => loadMeasurements(join(packageRoot(), 'profiles', 'data', `${name}.json`));
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

/** @param stm32 columns `model`, `internal_ram_KiB` and `weights_flash_KiB` of networks on an STM32N6, int8. */
export function memoryTable(stm32: string | undefined): string {
  const data = dataOf('hexagon');
  const rows = data.devices.flatMap((name) => {
    const profile = loadProfile(name);
    const peaks = peaksOf(observationsOf(data, name, profile.mapping));
    if (peaks.length === 0) return [];
    const { runtimeBytes = 0, weightCopies = 1 } = profile.memory ?? {};
    const error = memoryError(peaks, profile.bytesPerValue).toFixed(1);
    return [
      `| \`${name}\` | ${peaks.length} | ${(runtimeBytes / 1e6).toFixed(1)} | ${weightCopies.toFixed(2)} | ${error} |`,
    ];
  });
  const table = [
    '| profile | networks | runtime, MB | weights held, times | error on networks left out, % |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
  return [...table, ...(stm32 === undefined ? [] : stm32Lines(stm32))].join('\n');
}

function stm32Lines(path: string): string[] {
  const data = dataOf('mobile-ml-benchmark');
  const networks = new Map(
    observationsOf(data, data.devices[0] as string, loadProfile('ethos-u65').mapping).map((n) => [n.name, n]),
  );
  const ratios: { ram: number; flash: number }[] = [];
  for (const row of csvRows(fileLines(path), path, ['model', 'internal_ram_KiB', 'weights_flash_KiB'])) {
    const network = networks.get(sameNetworks[row.text('model')] ?? '');
    if (network === undefined) continue;
    const { weightBytes, mapBytes } = sizesOf(
      network.kernels.map(({ kernel }) => kernel),
      1,
    );
    ratios.push({
      ram: mapBytes / (1024 * row.number('internal_ram_KiB')),
      flash: weightBytes / (1024 * row.number('weights_flash_KiB')),
    });
  }
  const line = (what: string, list: readonly number[]) =>
    `${what}: ratio ${mean(list).toFixed(3)}, mean absolute error ${(100 * mean(list.map((r) => Math.abs(r - 1)))).toFixed(1)} %`;
  return [
    '',
    `STM32N6, int8, ${ratios.length} networks`,
    line(
      'weights against flash',
      ratios.map((r) => r.flash),
    ),
    line(
      "largest kernel's maps against internal RAM",
      ratios.map((r) => r.ram),
    ),
  ];
}
