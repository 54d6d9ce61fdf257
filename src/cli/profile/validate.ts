/** `mixnas profile validate`: how far a profile is off on networks that were really measured. */
import { formatMs, significant } from '../../base/index.js';
import { Command, Option } from 'commander';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { addHostOptions, type HostCommandOptions, hostOptions } from './host-options.js';
import { type Io, note, printBlock, printJson, integer } from '../terminal/index.js';
import { measuring } from './measure.js';

type Report = import('../../app/index.js').ValidateReport & Partial<import('../../app/index.js').HostReport>;

interface Options extends HostCommandOptions {
  readonly ops?: string;
  readonly e2e?: string;
  readonly prefix?: string;
  readonly crossValidate?: 'family' | 'model';
  readonly data?: string;
  readonly recalibrateOn?: number;
  readonly json?: true;
}

export function profileValidateCommand(io: Io): Command {
  const about = 'of this host: ';
  const command = new Command('validate')
    .description('compare a profile with measured networks that it has not seen')
    .argument('<profile>', 'its name, or the path of its file')
    .option('--ops <file>', "CSV of the networks' device kernels; their times are not read")
    .option('--e2e <file>', "CSV of the networks' end-to-end times")
    .option('--prefix <text>', "of the device's columns (default: the one like the profile's name)")
    .addOption(
      new Option(
        '--cross-validate <what>',
        "fit the profile's measurements again without each family, or each model",
      ).choices(['family', 'model']),
    )
    .option('--data <file>', 'measurements to cross-validate on (default: those of the profile)');
  return addHostOptions(command, {
    about,
    networks: { least: 2, count: 50, what: 'random networks to predict and to measure' },
    rounds: 5,
  })
    .option(
      '--recalibrate-on <count>',
      `${about}further networks, to find how fast the host is today; 0 for none`,
      integer(0),
      10,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas profile validate adreno-640 --ops gpu_ops.csv --e2e gpu_e2e.csv' +
        '\n  mixnas profile validate mali-g76 --cross-validate family' +
        '\n  mixnas profile validate host --networks 50 --seed 7',
    )
    .action(async (profile: string, options: Options) => {
      const report = await compare(io, profile, options);
      if (options.json) printJson(io, report);
      else printBlock(io, describeAgreement(report));
    });
}

async function compare(io: Io, profile: string, options: Options): Promise<Report> {
  const { ops, e2e, prefix, data, crossValidate: leave } = options;
  const app = await import('../../app/index.js');
  if (leave !== undefined) {
    const onFit = () => note(io, `Fitting ${profile} again without each ${leave}.`);
    return app.crossValidate(profile, leave, { dataPath: data, onFit });
  }
  if (ops === undefined && e2e === undefined) {
    const host = hostOptions(options);
    return measuring(io, (hooks) =>
      app.validateHost(profile, {
        ...host,
        ...hooks,
        recalibrateOn: options.recalibrateOn,
      }),
    );
  }
  if (ops === undefined || e2e === undefined) {
    const { MixnasError } = await import('../../base/index.js');
    throw new MixnasError('bad-usage', `There is no ${ops === undefined ? '--ops' : '--e2e'} file.`, {
      remedy: 'Give --ops and --e2e together.',
    });
  }
  return app.validate(profile, { ops, e2e, prefix, onWarning: (sentence) => note(io, sentence) });
}

const percent = (value: number) => `${value.toFixed(1)} %`;

const figures = ({ mape, models, within5, within10, spearman, coverage90 }: Omit<Report, 'profile'>) =>
  `mean absolute error ${mape.toFixed(2)} % over ${models.length} networks, ${percent(within5)} within 5 %, ` +
  `${percent(within10)} within 10 %, rank correlation ${spearman.toFixed(4)}, ${percent(coverage90)} inside the 90 % band`;

/** How many times as long as the fastest the slowest network takes: over a narrow range any ranking is hard. */
function spanOf({ models }: Pick<Report, 'models'>): string {
  const times = models.map((m) => m.measuredMs);
  return `measured latencies span a factor of ${significant(Math.max(...times) / Math.min(...times), 2)}`;
}

/** A row a network, and the figures over all of them. */
export function describeAgreement(report: Report): Block {
  const { recalibrated } = report;
  const right = { align: 'right' } as const;
  const rows = report.models.map((m) => [
    m.model,
    formatMs(m.predictedMs),
    `${significant(m.lowMs)} to ${formatMs(m.highMs)}`,
    formatMs(m.measuredMs),
    `${m.errorPct > 0 ? '+' : ''}${m.errorPct.toFixed(1)} %`,
  ]);
  return [
    ...table(
      [
        { title: 'network' },
        { title: 'predicted', ...right },
        { title: '90 % band', ...right },
        { title: 'measured', ...right },
        { title: 'error', ...right },
      ],
      rows,
    ),
    [],
    line(span(report.profile, 'accent', { bold: true }), `: ${figures(report)}; ${spanOf(report)}`),
    ...(recalibrated
      ? [
          line(
            `recalibrated by ${recalibrated.factor.toFixed(3)}, from ${recalibrated.networks} other networks measured in the same rounds: ${figures(recalibrated)}`,
          ),
        ]
      : []),
  ];
}
