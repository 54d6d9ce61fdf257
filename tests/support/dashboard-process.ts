/**
 * The dashboard in a process of its own, to be sent real signals: `dashboard-process.ts <run> [crash]`. Its
 * terminal is a pair of pipes that look like one; with `crash` the process fails after its first frame.
 */
import { openDashboard } from '../../src/dashboard/index.js';

const [run, how] = process.argv.slice(2);
const size = { isTTY: true, columns: 80, rows: 24 };
const stdout = Object.assign(process.stdout, size) as NodeJS.WriteStream;
const stdin = Object.assign(process.stdin, { isTTY: true, setRawMode() {} }) as NodeJS.ReadStream;
const env = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };

const dashboard = await openDashboard(run, { stdin, stdout, stderr: process.stderr, env });
if (how === 'crash') {
  setTimeout(() => {
    throw new Error('it went wrong');
  }, 200);
}
process.exitCode = (await dashboard.left) === 'quit' ? 0 : 3;
process.stdin.destroy();
