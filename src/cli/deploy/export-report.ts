/** What `mixnas export` prints of its files. */
import { formatBytes, formatInteger, formatPercent, shellWord } from '../../base/index.js';
import { type Block, line, span } from '../../dashboard/index.js';

type Exported = import('../../app/index.js').ExportReport['files'][number];

/** A share, small ones by their power of ten. */
const shareText = (share: number): string =>
  share >= 0.001 ? formatPercent(share, 1) : share === 0 ? '0' : share.toExponential(1);

/** How far logits in integers are from those of floats, where that was measured. */
const distance = (error: number | undefined, before: string) =>
  error === undefined ? '' : `${before}logits ${formatPercent(error, 1)} from those of floats`;

/** What is printed of one file. */
export function describeFile(file: Exported): Block {
  // The longest label has ten letters, and two spaces set it apart from its text.
  const field = (label: string, value: string) => line(span(label.padEnd(12), 'muted'), value);
  const { check } = file;
  return [
    line(span(file.path, 'accent', { bold: true }), ` ${formatBytes(file.bytes)}, ${file.precision}`),
    field('network', `${file.network} at ${file.resolution}x${file.resolution}, ${file.classes} classes`),
    ...(check
      ? [
          field(
            'check',
            `${check.runtime}, ${formatInteger(check.images)} ${check.on}: logits within ${shareText(check.largestDifference)} of their range, ${formatPercent(check.agreement, 1)} the same class`,
          ),
        ]
      : [field('check', 'none')]),
    ...(check?.accuracy === undefined
      ? []
      : [
          field(
            'accuracy',
            `${formatPercent(check.accuracy, 2)}; as trained ${formatPercent(check.trainedAccuracy ?? 0, 2)}`,
          ),
        ]),
    ...int8Lines(file, field),
    ...file.notes.map((text) => field('note', text)),
  ];
}

/** How to look at the page: browsers load modules from servers only. */
export const webLines = (web: string | undefined): Block =>
  web === undefined
    ? []
    : [
        line(span(web, 'accent', { bold: true }), ': a page for browsers; serve the folder, such as'),
        line(span(`python3 -m http.server -d ${shellWord(web)} 8000`, 'muted')),
      ];

/** How integers were chosen, and the layers that lose most. */
function int8Lines({ int8 }: Exported, field: (label: string, value: string) => Block[number]): Block {
  if (!int8) return [];
  const { chosen, runtimes, layers, qat } = int8;
  const steps = runtimes
    .map(({ name, steps: most }) => `${name} ${most === 0 ? 'exactly' : `within ${most}`}`)
    .join(', ');
  const worst = (all: typeof layers) =>
    all
      .toSorted((a, b) => b.own - a.own)
      .slice(0, 3)
      .map(({ name, own }) => `${name} ${formatPercent(own, 1)}`)
      .join(', ') + ' of its signal';
  return [
    field(
      'integers',
      `ranges by ${chosen.calibration}${chosen.equalise ? ', equalised' : ''}${distance(chosen.error, '; ')}`,
    ),
    ...(steps === '' ? [] : [field('simulation', `in steps of 256: ${steps}`)]),
    ...(qat
      ? [
          field(
            'fine-tuned',
            `${formatInteger(qat.steps)} steps of ${qat.batchSize} images; before: ${qat.before.accuracy === undefined ? '' : `accuracy ${formatPercent(qat.before.accuracy, 2)}`}${distance(qat.before.error, ', ')}`,
          ),
          field('lost most', `${worst(qat.before.layers)} (before)`),
        ]
      : []),
    ...(layers.length > 0 ? [field('loses most', worst(layers))] : []),
  ];
}
