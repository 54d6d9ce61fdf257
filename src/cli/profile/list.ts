/** `mixnas profile list`: the profiles, or the catalogue of devices. */
import { formatInteger, significant } from '../../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { type Io, printBlock, printJson } from '../terminal/index.js';
import { deviceText, errorText, runtimeText } from './texts.js';

type App = typeof import('../../app/index.js');
type Summary = ReturnType<App['listProfiles']>[number];
type Chip = ReturnType<App['catalogue']>[number];
type Entry = Chip['profiles'][number];

interface Options {
  readonly devices?: true;
  readonly json?: true;
}

export function profileListCommand(io: Io): Command {
  return new Command('list')
    .description('list the profiles, with their error on networks that they had not seen')
    .option('--devices', 'by chip and unit, with year, precision, networks and how each was made')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  mixnas profile list\n  mixnas profile list --devices')
    .action(async ({ devices, json }: Options) => {
      const { catalogue, listProfiles } = await import('../../app/index.js');
      if (devices) {
        const chips = catalogue();
        if (json) printJson(io, { chips });
        else printBlock(io, catalogueBlock(chips));
        return;
      }
      const profiles = listProfiles();
      if (json) printJson(io, { profiles });
      else printBlock(io, list(profiles));
    });
}

function list(profiles: readonly Summary[]): Block {
  const rows = profiles.map((p) => [
    p.name,
    deviceText(p),
    runtimeText(p.runtime),
    p.precision,
    formatInteger(p.kernels),
    errorText(p.error),
  ]);
  return table(
    [
      { title: 'profile' },
      { title: 'device' },
      { title: 'runtime' },
      { title: 'precision' },
      { title: 'kernels', align: 'right' },
      { title: 'mean absolute error on left-out networks' },
    ],
    rows,
  );
}

const percent = (value: number | undefined): string =>
  value === undefined ? '' : `${significant(value, 2)} %`;

/** `new family`, or `network` where only single networks could be left out. */
function rowOf({ name, also, unit, part, year, runtime, precision, networks, error, made }: Entry): string[] {
  return [
    also === undefined ? name : `${name} (${also})`,
    unit,
    part,
    precision,
    runtime,
    year,
    networks > 0 ? formatInteger(networks) : '',
    percent(error?.models?.mape ?? (error?.leftOut === 'model' ? error.mape : undefined)),
    percent(error?.leftOut === 'family' ? error.mape : undefined),
    made,
  ];
}

/** A heading a chip, then its profiles; the columns of all chips are as wide. */
function catalogueBlock(chips: readonly Chip[]): Block {
  const entries = chips.flatMap(({ profiles }) => profiles);
  const [header, ...rows] = table(
    [
      { title: 'profile' },
      { title: 'unit' },
      { title: 'cores or part' },
      { title: 'precision' },
      { title: 'runtime' },
      { title: 'year' },
      { title: 'networks', align: 'right' },
      { title: 'error', align: 'right' },
      { title: 'new family', align: 'right' },
      { title: 'made from' },
    ],
    entries.map(rowOf),
  );
  let at = rows.length - entries.length;
  return [
    header ?? [],
    ...chips.flatMap(({ chip, devices, profiles }) => {
      const mine = rows.slice(at, (at += profiles.length));
      return [
        line(),
        line(span(chip, 'accent', { bold: true }), span(`  ${devices.join(', ')}`, 'muted')),
        ...mine,
      ];
    }),
    line(),
    line(
      span(
        'error: mean absolute error with a tenth of the networks, or each, left out; new family: with all of a family left out. A name in brackets is the same profile.',
        'muted',
      ),
    ),
  ];
}
