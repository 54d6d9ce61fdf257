/** How much memory a process takes, with all that it has started. */
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
}

/** Processes of this machine; one that ends meanwhile is left out. */
function linuxRows(): Row[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1');
      const field = (key: string) => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      // What is shared with others, such as libraries, counts for nobody.
      const bytes = (field('RssAnon') + field('RssShmem')) * 1024;
      return [{ pid: Number(name), parent: field('PPid'), bytes }];
    } catch {
      return [];
    }
  });
}

async function otherRows(): Promise<Row[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss='], { maxBuffer: 1 << 24 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, bytes: kilobytes * 1024 }));
}

/**
 * Bytes that a process and its descendants keep in memory: on Linux without files that are mapped, elsewhere as `ps` says.
 * A daemon that has left its parent does not count. 0 for a process that is gone.
 * @throws Error where the system says nothing of its processes.
 */
export async function memoryOfTree(root: number): Promise<number> {
  const rows = process.platform === 'linux' ? linuxRows() : await otherRows();
  const children = new Map<number, Row[]>();
  for (const row of rows) {
    const siblings = children.get(row.parent);
    if (siblings) siblings.push(row);
    else children.set(row.parent, [row]);
  }
  const seen = new Set<number>();
  const sum = (row: Row): number => {
    if (seen.has(row.pid)) return 0;
    seen.add(row.pid);
    return (children.get(row.pid) ?? []).reduce((total, child) => total + sum(child), row.bytes);
  };
  const top = rows.find(({ pid }) => pid === root);
  return top ? sum(top) : 0;
}
