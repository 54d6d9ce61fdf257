/** What an ablation found, in words and tables. */
import { formatCount, formatDuration } from '../../base/index.js';

export interface VariantReport {
  readonly name: string;
  readonly params: number;
  readonly macs: number;
  /** Validation accuracy, by seed. */
  readonly accuracies: readonly number[];
  /** Predicted on the device of the comparison, where latencies are equal. */
  readonly latencyMs?: number;
}

export interface ComparisonReport {
  readonly name: string;
  readonly title: string;
  readonly claim: string | undefined;
  readonly variants: readonly VariantReport[];
}

export interface DeviceLatency {
  readonly name: string;
  /** Measured, or predicted. */
  readonly measured: boolean;
  /** By number of groups, from 1. */
  readonly latencyMs: readonly number[];
}

export interface AblationReport {
  readonly data: string;
  readonly resolution: number;
  readonly steps: number;
  readonly seeds: number;
  /** Of training, summed over processes. */
  readonly seconds: number;
  readonly comparisons: readonly ComparisonReport[];
  /** The profiles on which latencies are equal. */
  readonly equalLatency?: readonly string[];
  readonly groups:
    | { readonly variants: readonly string[]; readonly devices: readonly DeviceLatency[] }
    | undefined;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** With Bessel's correction; 0 for a single value. */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

const percent = (value: number) => (100 * value).toFixed(2);

/**
 * What the figures say of a pair, with the same seeds for both: the mean difference and its standard error.
 * Less than two of them is called no difference.
 */
export function difference(a: readonly number[], b: readonly number[]) {
  const pairs = a.map((value, i) => value - (b[i] as number));
  const mean = meanOf(pairs);
  const error = deviationOf(pairs) / Math.sqrt(pairs.length);
  return { mean, error, clear: pairs.length > 1 && Math.abs(mean) > 2 * error };
}

/** One sentence for each variant against the first. */
export function findings({ variants }: ComparisonReport): string[] {
  const [first, ...others] = variants;
  if (!first) return [];
  return others.map((other) => {
    const { mean, error, clear } = difference(other.accuracies, first.accuracies);
    const points = `${mean >= 0 ? '+' : '-'}${percent(Math.abs(mean))} ± ${percent(error)} points`;
    return `${other.name} against ${first.name}: ${points}${clear ? '' : ', no clear difference'}`;
  });
}

/** The number of groups that is most accurate among those no slower than the slowest single choice allows. */
export function bestGroups(
  { latencyMs }: DeviceLatency,
  variants: readonly VariantReport[],
  tolerance = 0.1,
): number {
  const limit = Math.min(...latencyMs) * (1 + tolerance);
  let best = latencyMs.indexOf(Math.min(...latencyMs));
  latencyMs.forEach((ms, i) => {
    const accuracy = (at: number) => meanOf(variants[at]?.accuracies ?? [0]);
    if (ms <= limit && accuracy(i) > accuracy(best)) best = i;
  });
  return best + 1;
}

const equalText = ({ equalLatency }: AblationReport) =>
  equalLatency ? `--equal latency ${equalLatency.map((name) => `--profile ${name} `).join('')}` : '';

function variantTable(variants: readonly VariantReport[]): string[] {
  const latency = variants.some(({ latencyMs }) => latencyMs !== undefined);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['network', 'accuracy', 'parameters', 'MACs', ...(latency ? ['latency, ms'] : [])];
  return [
    row(head),
    row(head.map(() => '---')),
    ...variants.map(({ name, accuracies, params, macs, latencyMs }) =>
      row([
        name,
        `${percent(meanOf(accuracies))} ± ${percent(deviationOf(accuracies))}`,
        formatCount(params),
        formatCount(macs),
        ...(latency ? [latencyMs?.toPrecision(3) ?? ''] : []),
      ]),
    ),
  ];
}

export function ablationMarkdown(report: AblationReport): string {
  const { data, resolution, steps, seeds, seconds } = report;
  const parts = [
    '# Ablation: the comparisons of the MixConv paper',
    '',
    `\`mixnas ablate ${equalText(report)}--steps ${steps} --seeds ${seeds}\` on ${data} at ${resolution}x${resolution}: every network trained`,
    `for ${steps} steps with ${seeds === 1 ? 'one seed' : `${seeds} seeds`}, ${formatDuration(seconds)} of training in all. Accuracy on held-out`,
    'validation images in percent, mean and standard deviation over seeds; differences are means over pairs of',
    'the same seed, with their standard error.',
  ];
  if (report.equalLatency) {
    parts.push(
      '',
      'On each device every network of a comparison is as wide as the predicted latency of the first allows (at 224x224, 1000',
      'classes): all widths by bisection in steps of 4 channels, then the head for what is left.',
    );
  }
  for (const comparison of report.comparisons) {
    parts.push(
      '',
      `## ${comparison.title}`,
      '',
      `Paper: ${comparison.claim ?? 'it has no such comparison.'}`,
      '',
      ...variantTable(comparison.variants),
      '',
      ...findings(comparison).map((text) => `- ${text}`),
    );
  }
  const { groups } = report;
  const trained = report.comparisons.find(({ name }) => name === 'groups');
  if (groups && trained) {
    parts.push(
      '',
      '## Latency by number of groups',
      '',
      'Milliseconds of the network; best: the most accurate number of groups within 10 % of the fastest.',
      '',
      `| device | ${groups.variants.join(' | ')} | best |`,
      `| --- |${' --- |'.repeat(groups.variants.length + 1)}`,
      ...groups.devices.map((device) => {
        const cells = device.latencyMs.map((ms) => ms.toPrecision(3)).join(' | ');
        const name = `${device.name}, ${device.measured ? 'measured' : 'predicted'}`;
        return `| ${name} | ${cells} | ${bestGroups(device, trained.variants)} |`;
      }),
    );
  }
  return `${parts.join('\n')}\n`;
}
