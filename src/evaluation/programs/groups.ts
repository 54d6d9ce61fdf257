/** Process groups of programs, and the mark that their processes carry. */

/** The variable of a program's environment that says to which evaluation it belongs. */
export const markName = 'MIXNAS_PROGRAM';

/** Ends a process group at once: what a program has started ends with it. Nothing happens where it is gone. */
export function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
