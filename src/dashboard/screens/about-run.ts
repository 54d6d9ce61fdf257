/** What a run of the list is: how it judges networks, what it prices, and where it was made. */
import { formatBytes, significant } from '../../base/index.js';
import { type Block, type Line, span, wrapText } from '../draw/block.js';
import type { RunEntry } from '../model/run-list.js';
import { accuracyText, deployText, namedText } from '../model/titles.js';

const labelWidth = 12;

/** A whole number of any length: `about 10^36` where nobody would count its digits. */
const sizeText = (digits: string) => (digits.length > 9 ? `about 10^${digits.length - 1}` : digits);

const alignText = (align: number | undefined) =>
  align === undefined ? '' : `, channels in multiples of ${align}`;

/** Lines about a run, no wider than `width`; none while it is not read. */
export function aboutRun({ name, summary }: RunEntry, width: number): Block {
  if (!summary) return [];
  const { config, manifest } = summary;
  const { evaluator, sampler } = config;
  const { latencyMs, memoryBytes = {} } = config.limits;
  const limits = [
    ...Object.entries(latencyMs).map(([device, ms]) => `${device} ${significant(ms)} ms`),
    ...Object.entries(memoryBytes).map(([device, bytes]) => `${device} ${formatBytes(bytes)}`),
  ];
  const fields: readonly (readonly [string, string])[] = [
    ['networks', `${namedText(evaluator) ?? 'judged'}, ${accuracyText(summary)}`],
    ['latency', deployText(summary)],
    [
      'limits',
      limits.length > 0 ? `${limits.join(', ')}${config.robust ? ", on the band's upper end" : ''}` : 'none',
    ],
    ['objectives', manifest.objectives.map((o) => `${o.direction} ${o.name}`).join(', ')],
    ['sampler', `${namedText(sampler) ?? '-'}, seed ${config.seed}`],
    [
      'space',
      `${manifest.space.name}, ${sizeText(manifest.space.size)} networks${alignText(manifest.space.align)}`,
    ],
    [
      'made',
      `${manifest.created.slice(0, 16).replace('T', ' ')} UTC by mixnas ${manifest.versions['mixnas'] ?? '?'}`,
    ],
    ['machine', `${manifest.machine.cpu}, ${manifest.machine.cores} cores`],
  ];
  return [
    [],
    [span(` about ${name}`, 'accent', { bold: true })],
    ...fields.flatMap(([label, text]) =>
      wrapText(text, Math.max(8, width - labelWidth - 2)).map(
        (part, i): Line => [span(` ${(i === 0 ? label : '').padEnd(labelWidth)}`, 'muted'), span(part)],
      ),
    ),
    [],
    [span(' Space marks a run; two that are marked are compared here.', 'muted')],
  ];
}
