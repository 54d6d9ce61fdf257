/** How hot a device is, and whether it runs slower for it. */

export interface Heat {
  /** Android's thermal status, 0 (none) to 6 (shutdown); undefined where the system has none. */
  readonly status: number | undefined;
  /** °C of the hottest sensor of processor, GPU, chip or skin; undefined where none can be read. */
  readonly celsius: number | undefined;
  /** kHz that each core may reach now. */
  readonly limits: readonly number[];
}

const zones = '== zones';
const service = '== service';
const cores = '== cores';

/** What tells the heat, on Android and Linux alike; what a device does not have prints nothing. */
export const heatScript = [
  `echo '${zones}'`,
  'for z in /sys/class/thermal/thermal_zone*; do echo "$(cat $z/type 2>/dev/null) $(cat $z/temp 2>/dev/null)"; done',
  `echo '${service}'`,
  'dumpsys thermalservice 2>/dev/null',
  `echo '${cores}'`,
  'for c in /sys/devices/system/cpu/cpu[0-9]*; do cat $c/cpufreq/scaling_max_freq 2>/dev/null; done',
  'true',
].join('\n');

/** Sensors of what computes; batteries, chargers and radios are left out. */
const relevant =
  /cpu|gpu|soc|npu|tpu|dsp|skin|x86_pkg|package|core|cluster|big|little|mid|ap\b|bcm|imx|apss/i;

/** Tenths, thousandths or whole degrees: sensors differ. */
function degrees(raw: number): number | undefined {
  const value = Math.abs(raw) >= 1000 ? raw / 1000 : Math.abs(raw) > 150 ? raw / 10 : raw;
  return value > 0 && value < 150 ? value : undefined;
}

function hottest(text: string): number | undefined {
  const found = text.split('\n').flatMap((line) => {
    const match = /^(\S.*?)\s+(-?\d+)\s*$/.exec(line);
    if (match === null || !relevant.test(match[1] ?? '')) return [];
    return degrees(Number(match[2])) ?? [];
  });
  return found.length === 0 ? undefined : Math.max(...found);
}

/** What `dumpsys thermalservice` says: the status, and the temperatures of its types CPU (0), GPU (1) and skin (3). */
function ofService(text: string): { status: number | undefined; celsius: number | undefined } {
  const status = /Thermal Status:\s*(\d)/.exec(text)?.[1];
  const values = [...text.matchAll(/Temperature\{mValue=(-?[\d.]+), mType=(\d+)/g)]
    .filter((match) => ['0', '1', '3'].includes(match[2] ?? ''))
    .flatMap((match) => degrees(Number(match[1])) ?? []);
  return {
    status: status === undefined ? undefined : Number(status),
    celsius: values.length === 0 ? undefined : Math.max(...values),
  };
}

/** Reads what `heatScript` printed. */
export function parseHeat(text: string): Heat {
  const [, sensors = '', told = '', frequencies = ''] = text.split(/^== (?:zones|service|cores)\r?$/m);
  const { status, celsius } = ofService(told);
  const limits = frequencies
    .split('\n')
    .map((line) => Number(line.trim()))
    .filter((kHz) => kHz > 0);
  return { status, celsius: hottest(sensors) ?? celsius, limits };
}

/** Why a device is too hot to be measured; undefined where it is not. */
export function tooHot(now: Heat, cool: Heat, limit: number): string | undefined {
  if ((now.status ?? 0) > 0) return `its thermal status is ${now.status}`;
  const slowed = now.limits.some((kHz, i) => kHz < (cool.limits[i] ?? 0));
  if (slowed) return 'its cores are held below their speed';
  return now.celsius !== undefined && now.celsius > limit
    ? `it has ${Math.round(now.celsius)} °C, more than ${Math.round(limit)} °C`
    : undefined;
}
