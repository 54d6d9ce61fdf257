/** Asks the system to leave a core to the measuring process: what else runs there would be measured too. */
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const highest = -19;

/**
 * Raises the priority of a process that has a session of its own as far as the system allows: as root all
 * the way, else not at all. On Linux a session is scheduled as one group, whose priority counts more than
 * the process's own.
 */
export function raisePriority(pid: number): void {
  const attempts = [
    () => setPriority(pid, highest),
    () => {
      if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(highest));
    },
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // Not allowed, or no such thing here: the figures are then noisier, not wrong.
    }
  }
}
