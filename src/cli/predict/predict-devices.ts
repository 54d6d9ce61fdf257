/** What `mixnas predict` says about devices against each other: rankings, and groups layer by layer. */
import { significant } from '../../base/index.js';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { type Io, printBlock, printJson } from '../terminal/index.js';

type App = typeof import('../../app/index.js');
type Rankings = ReturnType<App['compareRankings']>;
type Sweep = ReturnType<App['groupSweep']>[number];

const right = { align: 'right' } as const;

/** Latency and rank of each architecture on each device, and how far devices agree. */
export function describeRankings({ architectures, devices }: Rankings): Block {
  const cells = (device: Rankings['devices'][number]) =>
    device.latencyMs.map((ms, i) => `${significant(ms)} (${device.ranks[i]})`);
  return [
    line(span('milliseconds and rank on each device', 'accent', { bold: true })),
    ...table(
      [{ title: 'device' }, ...architectures.map((title) => ({ title, ...right }))],
      devices.map((device) => [device.profile, ...cells(device)]),
    ),
    [],
    line(span('rank correlation of devices', 'accent', { bold: true })),
    ...table(
      [{ title: '' }, ...devices.map(({ profile }) => ({ title: profile, ...right }))],
      devices.map((device) => [device.profile, ...device.agreement.map((r) => r.toFixed(2))]),
    ),
  ];
}

function describeSweep(name: string, { profile, blocks }: Sweep): Block {
  const groups = blocks[0]?.latencyMs.map((_, i) => ({ title: String(i + 1), ...right })) ?? [];
  const rows = blocks.map((block) => {
    const perSize = (i: number) => (block.latencyMs[i] as number) / (block.singleKernelMs[i] as number);
    const cells = block.latencyMs.map((ms, i) => `${significant(ms, 4)} (${significant(perSize(i), 2)})`);
    return [String(block.block), String(block.groups), ...cells, String(block.best)];
  });
  return [
    line(span(`${name} on ${profile}`, 'accent', { bold: true })),
    ...table([{ title: 'block' }, { title: 'has', ...right }, ...groups, { title: 'best', ...right }], rows),
  ];
}

/** Prints, for each architecture and device, the latency with 1, 2, ... groups in one block at a time. */
export async function sweep(
  io: Io,
  specs: readonly string[],
  options: { readonly profile?: readonly string[]; readonly resolution?: number; readonly json?: true },
): Promise<void> {
  const { groupSweep } = await import('../../app/index.js');
  const sweeps = specs.map((name) => ({
    name,
    sweeps: groupSweep(name, options.profile, options.resolution),
  }));
  if (options.json) {
    printJson(io, { architectures: sweeps });
    return;
  }
  printBlock(io, [
    ...sweeps.flatMap(({ name, sweeps: list }) => list.flatMap((one) => [...describeSweep(name, one), []])),
    line(
      span(
        'Each cell: ms of the whole network with that many kernel sizes (3, 5, 7, 9, 11) in the block and, in brackets, its ratio to one convolution kernel of the largest of them. Best: the smallest ratio.',
        'muted',
      ),
    ),
  ]);
}
