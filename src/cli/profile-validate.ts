/** `mixnas profile validate`: how far a profile is off on networks that were really measured. */
import { formatMs, significant } from '../base/index.js';
import { Command, Option } from 'commander';
import { type Block, line, span, table } from '../dashboard/index.js';
import { type Io, note, printBlock, printJson } from './io.js';

type Report = import('../app/index.js').ValidateReport;

interface Options {
  readonly ops?: string;
  readonly e2e?: string;
  readonly prefix?: string;
  readonly crossValidate?: 'family' | 'model';
  readonly data?: string;
  readonly json?: true;
}

export function profileValidateCommand(io: Io): Command {
  return new Command('validate')
    .description('compare a profile with measured networks that it has not seen')
    .argument('<profile>', 'its name, or the path of its file')
    .option('--ops <file>', "CSV of the networks' kernels; their times are not read")
    .option('--e2e <file>', "CSV of the networks' end-to-end times")
    .option('--prefix <text>', "of the device's columns (default: the one like the profile's name)")
    .addOption(
      new Option(
        '--cross-validate <what>',
        "fit the profile's measurements again without each family, or each model",
      ).choices(['family', 'model']),
    )
    .option('--data <file>', 'measurements to cross-validate on (default: those of the profile)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas profile validate adreno-640 --ops gpu_ops.csv --e2e gpu_e2e.csv' +
        '\n  mixnas profile validate mali-g76 --cross-validate family',
    )
    .action(async (profile: string, options: Options) => {
      const report = await compare(io, profile, options);
      if (options.json) printJson(io, report);
      else printBlock(io, describeAgreement(report));
    });
}

async function compare(io: Io, profile: string, options: Options): Promise<Report> {
  const { ops, e2e, prefix, data, crossValidate: leave } = options;
  const app = await import('../app/index.js');
  if (leave !== undefined) {
    note(io, `Fitting ${profile} again without each ${leave}.`);
    return app.crossValidate(profile, leave, data);
  }
  if (ops === undefined || e2e === undefined) {
    const { MixnasError } = await import('../base/index.js');
    throw new MixnasError('bad-usage', 'There is nothing to compare the profile with.', {
      remedy: 'Give --ops and --e2e, or --cross-validate.',
    });
  }
  return app.validate(profile, { ops, e2e, prefix, onWarning: (sentence) => note(io, sentence) });
}

/** A row a network, and the figures over all of them. */
export function describeAgreement(report: Report): Block {
  const right = { align: 'right' } as const;
  const rows = report.models.map((m) => [
    m.model,
    formatMs(m.predictedMs),
    `${significant(m.lowMs)} to ${formatMs(m.highMs)}`,
    formatMs(m.measuredMs),
    `${m.errorPct > 0 ? '+' : ''}${m.errorPct.toFixed(1)} %`,
  ]);
  const percent = (value: number) => `${value.toFixed(1)} %`;
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
    line(
      span(report.profile, 'accent', { bold: true }),
      `: mean absolute error ${report.mape.toFixed(2)} % over ${report.models.length} networks, `,
      `${percent(report.within5)} within 5 %, ${percent(report.within10)} within 10 %, `,
      `rank correlation ${report.spearman.toFixed(4)}, ${percent(report.coverage90)} inside the 90 % band`,
    ),
  ];
}
