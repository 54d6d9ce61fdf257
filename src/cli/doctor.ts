/** `mixnas doctor`: what is installed, which backend runs, and how to get a better one. */
import { Command } from 'commander';
import { Exit, type Io, printJson, printText } from './terminal/index.js';

export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .description('show what is installed and which tensor backend runs, and what to do for a better one')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mixnas doctor\n\nThe exit code is 1 where nothing can train.')
    .action(async (options: { readonly json?: true }) => {
      const { diagnose, formatDiagnosis } = await import('../app/index.js');
      const diagnosis = await diagnose();
      if (options.json) printJson(io, diagnosis);
      else printText(io, `${formatDiagnosis(diagnosis)}\n`);
      if (diagnosis.rung === 'none') throw new Exit(1);
    });
}
