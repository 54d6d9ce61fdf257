/** `mixnas profile show`: what a profile knows, where it comes from, and how it agrees with its networks. */
import { dirname, resolve } from 'node:path';
import {
  asDiskError,
  formatBytes,
  formatInteger,
  makeFolders,
  MixnasError,
  significant,
  writeFileAtomic,
} from '../../base/index.js';
import { Command } from 'commander';
import { agreementPlot, type Block, detectTheme, line, span } from '../../dashboard/index.js';
import { type Io, note, printBlock, printJson } from '../terminal/index.js';
import { deviceText, errorText, runtimeText } from './texts.js';

type App = typeof import('../../app/index.js');
type Details = ReturnType<App['showProfile']>;
type Agreement = NonNullable<ReturnType<App['profileAgreement']>>;

interface Options {
  readonly svg?: string;
  readonly json?: true;
}

export function profileShowCommand(io: Io): Command {
  return new Command('show')
    .description('show what a profile knows, where it comes from, and its networks as predicted and measured')
    .argument('<profile>', 'its name, or the path of its file')
    .option('--svg <file>', 'write predicted over measured latency as an SVG file')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas profile show mali-g76\n  mixnas profile show pixel4-cpu-big-1t-float --svg pixel4.svg',
    )
    .action(async (name: string, { svg, json }: Options) => {
      const { profileAgreement, showProfile } = await import('../../app/index.js');
      const shown = showProfile(name);
      const agreement = profileAgreement(name);
      if (svg !== undefined) await writeSvg(io, svg, shown.name, agreement);
      if (json) printJson(io, { ...shown, networks: agreement?.models ?? [] });
      else printBlock(io, [...show(shown), ...plotted(agreement, detectTheme(io.stdout, io.env).glyphs)]);
    });
}

const caption = ({ models, mape, within10 }: Agreement): string =>
  `${models.length} networks that the profile was fitted to: mean absolute error ${significant(mape, 2)} %, ${significant(within10, 3)} % within 10 %`;

async function writeSvg(io: Io, file: string, name: string, agreement: Agreement | undefined): Promise<void> {
  if (agreement === undefined) {
    throw new MixnasError('bad-usage', `${name}: there are no measured networks to draw.`, {
      remedy: 'Profiles of `mixnas profile list --devices` that state networks have them.',
    });
  }
  const { agreementSvg } = await import('../../report/index.js');
  const picture = await agreementSvg(name, caption(agreement), agreement.models);
  try {
    makeFolders(dirname(resolve(file)));
    writeFileAtomic(file, picture);
  } catch (error) {
    throw asDiskError(error, file) ?? error;
  }
  note(io, `Written: ${file}`);
}

function plotted(agreement: Agreement | undefined, glyphs: Parameters<typeof agreementPlot>[1]): Block {
  if (agreement === undefined) return [];
  return [line(), ...agreementPlot(agreement.models, glyphs), line(span(caption(agreement), 'muted'))];
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
