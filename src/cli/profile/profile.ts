/** `mixnas profile`: hardware profiles. */
import { Command } from 'commander';
import type { Io } from '../terminal/index.js';
import { profileKitCommand } from './kit.js';
import { profileListCommand } from './list.js';
import { profileMeasureCommand } from './measure.js';
import { profileShowCommand } from './show.js';
import { profileTuneCommand } from './tune.js';
import { profileValidateCommand } from './validate.js';

export function profileCommand(io: Io): Command {
  return new Command('profile')
    .description('list, show, make and judge hardware profiles')
    .addCommand(profileListCommand(io))
    .addCommand(profileShowCommand(io))
    .addCommand(profileTuneCommand(io))
    .addCommand(profileMeasureCommand(io))
    .addCommand(profileKitCommand(io))
    .addCommand(profileValidateCommand(io));
}
