/** All commands in one tree. A command's file loads what it needs when it runs, not before. */
import { Command } from 'commander';
import { packageVersion } from '../base/index.js';
import { controlCommand } from './control.js';
import { costCommand } from './cost.js';
import { dashboardCommand } from './dashboard.js';
import { ablateCommand } from './ablate.js';
import { dataCommand } from './data.js';
import { doctorCommand } from './doctor.js';
import { evalCommand } from './eval.js';
import { exportCommand } from './deploy/index.js';
import { initCommand } from './init.js';
import { type Io, note, printText } from './terminal/index.js';
import { pickCommand } from './pick.js';
import { predictCommand } from './predict/index.js';
import { splitCommand } from './deploy/index.js';
import { profileCommand } from './profile/index.js';
import { reportCommand } from './report.js';
import { resumeCommand } from './resume.js';
import { searchCommand } from './search.js';
import { showCommand } from './show.js';
import { trialsCommand } from './trials.js';
import { statusCommand } from './status.js';
import { trainCommand } from './train.js';
import { workerCommand } from './worker.js';

/** The program, printing through `io` and throwing instead of leaving the process. */
export function createProgram(io: Io): Command {
  const program = new Command('mixnas')
    .description('Searches mixed-kernel networks (MixNet) for accuracy against latency on real devices.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--debug', 'print stack traces with errors')
    .addHelpText('after', '\nEvery command explains itself: mixnas <command> --help');
  const commands = [
    initCommand,
    searchCommand,
    resumeCommand,
    dashboardCommand,
    statusCommand,
    controlCommand,
    pickCommand,
    reportCommand,
    trainCommand,
    evalCommand,
    exportCommand,
    predictCommand,
    splitCommand,
    costCommand,
    showCommand,
    trialsCommand,
    ablateCommand,
    profileCommand,
    workerCommand,
    dataCommand,
    doctorCommand,
  ];
  for (const make of commands) program.addCommand(make(io));
  adopt(program, io);
  return program;
}

/** Settings that commander does not hand down to commands made elsewhere. */
function adopt(command: Command, io: Io): void {
  command
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError(`(see ${pathOf(command)} --help)`)
    .configureOutput({
      writeOut: (text) => printText(io, text),
      writeErr: (text) => note(io, text.replace(/^error: /, 'mixnas: ').replace(/\n$/, '')),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    });
  for (const child of command.commands) adopt(child, io);
}

/** `mixnas profile list` for a nested command. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
