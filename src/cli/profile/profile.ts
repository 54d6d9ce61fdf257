/** `mixnas profile`: hardware profiles. */
import { formatBytes, formatInteger, significant } from '../../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { type Io, printBlock, printJson } from '../terminal/index.js';
import { profileMeasureCommand } from './measure.js';
import { profileTuneCommand } from './tune.js';
import { profileValidateCommand } from './validate.js';

type Summary = import('../../app/index.js').ProfileSummary;
type Details = ReturnType<typeof import('../../app/index.js')['showProfile']>;

interface Options {
  readonly json?: true;
}

export function profileCommand(io: Io): Command {
  const profile = new Command('profile').description('list, show, make and judge hardware profiles');
  profile
    .command('list')
    .description('list the profiles, with their error on networks that they had not seen')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mixnas profile list')
    .action(async (options: Options) => {
      const { listProfiles } = await import('../../app/index.js');
      const profiles = listProfiles();
      if (options.json) printJson(io, { profiles });
      else printBlock(io, list(profiles));
    });
  profile
    .command('show')
    .description('show what a profile knows and where it comes from')
    .argument('<profile>', 'its name, or the path of its file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mixnas profile show mali-g76')
    .action(async (name: string, options: Options) => {
      const { showProfile } = await import('../../app/index.js');
      const shown = showProfile(name);
      if (options.json) printJson(io, shown);
      else printBlock(io, show(shown));
    });
  profile.addCommand(profileTuneCommand(io));
  profile.addCommand(profileMeasureCommand(io));
  profile.addCommand(profileValidateCommand(io));
  return profile;
}

/** `5.2 % (left out: family, 12 networks)`. */
function errorText(error: Summary['error']): string {
  if (!error) return 'none could be found';
  return `${significant(error.mape)} %, ${significant(error.within10)} % within 10 % (${error.networks} networks left out by ${error.leftOut})`;
}

/** `Google Pixel 4 (Snapdragon 855, Adreno 640 GPU)`: chips are mostly called after their unit. */
const deviceText = ({ device, chip, unit }: Pick<Summary, 'device' | 'chip' | 'unit'>): string =>
  `${device} (${new RegExp(`\\b${unit}\\b`).test(chip) ? chip : `${chip} ${unit}`})`;

const runtimeText = ({ name, version }: Summary['runtime']): string =>
  version ? `${name} ${version}` : name;

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

function show(profile: Details): Block {
  const field = (label: string, value: string) => line(span(label.padEnd(12), 'muted'), value);
  const families = Object.entries(profile.error?.byFamily ?? {});
  return [
    [span(profile.name, 'accent', { bold: true })],
    field('device', deviceText(profile)),
    field('runtime', runtimeText(profile.runtime)),
    field('precision', `${profile.precision}, batch ${profile.batch}`),
    field('made', profile.date),
    field('kernels', `${formatInteger(profile.kernels)} in the table`),
    field('fuses', fusionText(profile.mapping)),
    field('band', bandText(profile.band)),
    ...(profile.memory ? [field('memory', memoryText(profile.memory))] : []),
    field('overhead', overheadText(profile.overhead)),
    field('error', errorText(profile.error)),
    ...families.map(([family, mape]) => field('', `${family}: ${significant(mape)} %`)),
    ...(profile.notes ?? []).map((text) => field('note', text)),
    ...profile.sources.flatMap((source) => [
      field('source', `${source.title} (${source.kind}, ${source.licence})`),
      ...(source.url ? [field('', source.url)] : []),
      ...(source.note ? [field('', source.note)] : []),
    ]),
  ];
}

/** The parts of a network's overhead by name; a profile says in words what each multiplies. */
function overheadText(overhead: Details['overhead']): string {
  return Object.entries(overhead)
    .flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${significant(value, 4)}`] : []))
    .join(', ');
}

/** `additions; relu, relu6; slices and concatenations are copied`. */
function fusionText({ fusesAdd, fusedActivations, slice, concat }: Details['mapping']): string {
  const copied = [slice === 'copy' ? 'slices' : '', concat === 'copy' ? 'concatenations' : ''].filter(
    Boolean,
  );
  const rest = copied.length > 0 ? `; ${copied.join(' and ')} are copied` : '';
  return `${[...(fusesAdd ? ['additions'] : []), ...fusedActivations].join(', ')}${rest}`;
}

/** How far a latency may be off at 90 %, by how well its device kernels are known. */
function bandText(band: Details['band']): string {
  const percent = (log: number) => `${significant(100 * (Math.exp(log) - 1), 2)} %`;
  const { network, interpolated, extrapolated, unmeasured } = band;
  return `${percent(network)} up or down; interpolated ${percent(interpolated)}, extrapolated ${percent(extrapolated)}, kinds that nobody measured ${percent(unmeasured)}`;
}

function memoryText({
  bandwidthGBs,
  budgetBytes,
  runtimeBytes,
  weightCopies,
}: NonNullable<Details['memory']>): string {
  const parts = [
    bandwidthGBs === undefined ? '' : `${significant(bandwidthGBs)} GB/s`,
    budgetBytes === undefined ? '' : `${formatBytes(budgetBytes)} for activations`,
    runtimeBytes === undefined ? '' : `${formatBytes(runtimeBytes)} of the runtime`,
    weightCopies === undefined ? '' : `weights ${significant(weightCopies)} times`,
  ];
  return parts.filter(Boolean).join(', ');
}
