/** `mixnas report`: the page with plots that people send. */
import { relative } from 'node:path';
import { Command } from 'commander';
import { commandLine } from '../base/index.js';
import { type Block, line, span } from '../dashboard/index.js';
import type { WrittenReport } from '../report/index.js';
import { type Io, note, printBlock, printJson } from './terminal/index.js';

interface Options {
  readonly out?: string;
  readonly json?: true;
}

export function reportCommand(io: Io): Command {
  return new Command('report')
    .description('write a page with plots and tables about a run, or compare several')
    .argument('<runs...>', 'their folders, or their names under runs/')
    .option(
      '-o, --out <file>',
      'the page (default: report.html in the run; for several report-<run>-<run>.html here)',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mixnas report quickstart-1\n  mixnas report quickstart-1 quickstart-2 --out comparison.html',
    )
    .action(async (runs: string[], options: Options) => {
      const { writeReport } = await import('../report/index.js');
      const report = await writeReport(runs, options);
      for (const missing of report.notes) note(io, `mixnas: ${missing}`);
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report, runs));
    });
}

const shown = (path: string): string => {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
};

function describe({ page, plots, runs }: WrittenReport, [given = '', ...others]: readonly string[]): Block {
  const one = others.length === 0 ? runs[0] : undefined;
  return [
    line(span(shown(page), 'accent', { bold: true })),
    ...runs.map(({ name, trials, front }) =>
      line(`${name}: ${trials} finished trials, ${front} on the front`),
    ),
    line(`${plots.length / 2} plots as SVG and PNG next to it`),
    ...(one && one.front > 0 ? [line('next'), line(span(`  ${commandLine('pick', given)}`, 'accent'))] : []),
  ];
}
