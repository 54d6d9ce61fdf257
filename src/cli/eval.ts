/** `mixnas eval`: test accuracy of saved weights. */
import { formatCount, formatInteger, formatPercent, significant } from '../base/index.js';
import { Command } from 'commander';
import { type Block, line, span } from '../dashboard/index.js';
import { reportData } from './data-progress.js';
import { interruptible } from './interrupt.js';
import { createProgressLine, type Io, printBlock, printJson } from './io.js';

type Report = import('../app/index.js').EvaluateReport;

export function evalCommand(io: Io): Command {
  return new Command('eval')
    .description('measure saved weights on the test images, which nothing else touches')
    .argument('<weights>', 'run#trial, a folder that train wrote, or a .safetensors file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mixnas eval quickstart-1#12')
    .action(async (spec: string, options: { readonly json?: true }) => {
      const { evaluate } = await import('../app/index.js');
      const report = await interruptible(io, (signal) =>
        evaluate(spec, { onData: reportData(() => createProgressLine(io)), signal }),
      );
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report));
    });
}

function describe(report: Report): Block {
  const field = (label: string, value: string) => line(span(label.padEnd(14), 'muted'), value);
  return [
    line(
      span(report.network, 'accent', { bold: true }),
      ` at ${report.resolution}x${report.resolution}, ${report.classes} classes`,
    ),
    field('test accuracy', `${formatPercent(report.accuracy, 2)} (loss ${significant(report.loss)})`),
    field('test images', `${formatInteger(report.count)} of ${report.data}`),
    field('parameters', formatCount(report.params)),
    field('MACs', `${formatCount(report.macs)} at ${report.resolution}x${report.resolution}`),
  ];
}
