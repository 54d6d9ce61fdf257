/** What `mixnas predict --explain` says: what borders between groups cost on each device, and what an NPU waits for. */
import { formatMs, formatPercent, significant } from '../../base/index.js';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { type Io, printBlock, printJson } from '../terminal/index.js';

type App = typeof import('../../app/index.js');
type Report = ReturnType<App['explain']>;
type Device = Report['devices'][number];
type Plan = NonNullable<Device['plan']>;

const right = { align: 'right' } as const;
const muted = (text: string) => line(span(text, 'muted'));

/** `+3.2 %`; less than a hundredth of a percent is none. */
function percent(value: number): string {
  if (Math.abs(value) < 0.005) return '0 %';
  return `${value < 0 ? '-' : '+'}${formatPercent(Math.abs(value) / 100, 2)}`;
}

function summary({ name, resolution, devices }: Report): Block {
  const rows = devices.map((device) => [
    device.profile,
    device.multiple === undefined ? 'not stated' : String(device.multiple),
    formatMs(device.latencyMs),
    device.multiple === undefined ? '-' : formatMs(device.alignedMs),
    device.multiple === undefined ? '-' : percent(device.lossPct),
  ]);
  return [
    line(span(name, 'accent', { bold: true }), ` at ${resolution}x${resolution}`),
    [],
    ...table(
      [
        { title: 'device' },
        { title: 'channels at once', ...right },
        { title: 'latency', ...right },
        { title: 'borders at multiples', ...right },
        { title: 'borders cost', ...right },
      ],
      rows,
    ),
  ];
}

const states = { aligned: 'at multiples', moves: '', 'too-few': 'too few channels: stays' } as const;

function borders({ profile, multiple, blocks }: Device): Block {
  if (multiple === undefined || blocks.length === 0) return [];
  const rows = blocks.map((block) => [
    String(block.block),
    block.sizes.join(' '),
    block.state === 'moves' ? block.alignedSizes.join(' ') : states[block.state],
    block.state === 'moves' ? formatMs(block.alignedMs) : '',
    block.state === 'moves' ? `${significant(block.lossMs)} ms` : '',
    block.state === 'moves' ? percent(block.lossPct) : '',
  ]);
  return [
    [],
    line(
      span(profile, 'accent', { bold: true }),
      `: borders at multiples of ${multiple}, one block at a time`,
    ),
    ...table(
      [
        { title: 'block', ...right },
        { title: 'channels of its groups' },
        { title: 'nearest aligned' },
        { title: 'network then', ...right },
        { title: 'border costs', ...right },
        { title: '', ...right },
      ],
      rows,
    ),
  ];
}

const reasons: readonly (readonly [keyof Plan['sums'], string])[] = [
  ['spilledMs', 'reads or writes a map that does not stay in the SRAM'],
  ['linearMs', 'has a map pixel by pixel (NHWC), not in bricks of 16 channels'],
  ['linearSpilledMs', 'both: bursts of memory are mostly wasted'],
  ['rereadMs', 'waits while its input is read more than twice over'],
  ['copiesMs', 'copies: concatenations, and what convolutions of groups make'],
];

/** So many layers are listed, the longest first. */
const listed = 12;

function planned({ profile, plan }: Device): Block {
  if (plan === undefined) return [];
  const { sums, layers } = plan;
  const longest = layers.toSorted((a, b) => b.us - a.us).slice(0, listed);
  return [
    [],
    line(
      span(profile, 'accent', { bold: true }),
      `: what its compiler plans, ${formatMs(sums.totalMs)} by its own estimate`,
    ),
    ...table(
      [{ title: 'time of what ...' }, { title: '', ...right }, { title: 'share', ...right }],
      reasons.map(([key, text]) => [text, formatMs(sums[key]), formatPercent(sums[key] / sums.totalMs, 0)]),
    ),
    [],
    ...table(
      [
        { title: 'longest operations' },
        { title: 'kind' },
        { title: 'time', ...right },
        { title: 'waits for' },
        { title: 'reads from' },
        { title: 'times', ...right },
        { title: 'writes to' },
      ],
      longest.map((layer) => [
        layer.layer,
        layer.inStripes ? `${layer.kind}, in stripes` : layer.kind,
        `${significant(layer.us)} µs`,
        layer.bound,
        `${layer.input.memory} ${layer.input.layout}`,
        significant(layer.timesRead, 2),
        `${layer.output.memory} ${layer.output.layout}`,
      ]),
    ),
  ];
}

/** Prints, for each architecture and device, what its borders cost. */
export async function printExplanations(
  io: Io,
  specs: readonly string[],
  options: Parameters<App['explain']>[1] & { readonly json?: true },
): Promise<void> {
  const { explain } = await import('../../app/index.js');
  const reports = specs.map((spec) => explain(spec, options));
  if (options.json) {
    printJson(io, reports.length === 1 ? reports[0] : { architectures: reports });
    return;
  }
  printBlock(io, [
    ...reports.flatMap((report, i) => [
      ...(i > 0 ? [[]] : []),
      ...summary(report),
      ...report.devices.flatMap((device) => [...borders(device), ...planned(device)]),
    ]),
    [],
    muted(
      'Borders cost: how much longer the network takes than the nearest one with all its borders at multiples.',
    ),
    muted('`align: auto` in a config searches such networks only.'),
  ]);
}
