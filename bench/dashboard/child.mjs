/**
 * The dashboard in a process of its own, as built, on a terminal in memory: does what its parent asks and
 * answers with what it took. `child.mjs <run folder>`.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PassThrough, Writable } from 'node:stream';
import { openDashboard } from '../../dist/dashboard/index.js';

const [run] = process.argv.slice(2);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let writes = 0;
let onWrite = () => {};
const stdout = Object.assign(
  new Writable({
    write(chunk, _encoding, done) {
      writes++;
      onWrite(String(chunk));
      done();
    },
  }),
  { isTTY: true, columns: 120, rows: 40 },
);
let onRead = () => {};
class Keys extends PassThrough {
  emit(name, ...rest) {
    if (name === 'data') onRead();
    return super.emit(name, ...rest);
  }
}
const stdin = Object.assign(new Keys(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} });
const env = { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' };

/** Resident megabytes now, and the most so far where the system reports it. */
function memory() {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
    return { now: of('VmRSS'), most: of('VmHWM') };
  } catch {
    const now = process.memoryUsage.rss() / 1e6;
    return { now, most: now };
  }
}

/**
 * Milliseconds from a key to the frame that answers it, and of processor time; undefined where nothing
 * changes. A frame is drawn in the same turn as the key is read, so that one which is drawn for new data
 * meanwhile is recognised; but Escape is distinguished from a sequence by the silence after it.
 */
async function press(key) {
  const from = performance.now();
  const cpu = cpuMs();
  let [read, over] = [false, false];
  let taken;
  onRead = () => {
    read = true;
    if (key !== '\u001b') setImmediate(() => (over = true));
  };
  onWrite = () => {
    if (read && !over) taken ??= { ms: performance.now() - from, cpuMs: cpuMs() - cpu };
  };
  stdin.write(key);
  for (let i = 0; i < 60 && taken === undefined && !over; i++) await pause(5);
  [onRead, onWrite] = [() => {}, () => {}];
  await pause(40);
  return taken;
}

/** Share of one core over a time, in percent. */
async function cpuOver(ms) {
  const before = process.cpuUsage();
  const from = performance.now();
  await pause(ms);
  const { user, system } = process.cpuUsage(before);
  return (100 * (user + system)) / 1000 / (performance.now() - from);
}

const jobs = {
  async keys({ keys }) {
    const taken = [];
    for (const [name, key] of keys) taken.push([name, await press(key)]);
    return { taken, memory: memory() };
  },
  async idle({ ms }) {
    const from = writes;
    return { percent: await cpuOver(ms), writes: writes - from, memory: memory() };
  },
  /** What tailing costs, with a key every half second. */
  async tail({ ms, keys }) {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const from = writes;
    const cpu = cpuOver(ms);
    const taken = [];
    const until = performance.now() + ms - 700;
    for (let i = 0; performance.now() < until; i++) {
      const key = keys[i % keys.length];
      taken.push([key, await press(key)]);
      await pause(450);
    }
    const percent = await cpu;
    delay.disable();
    const milli = (ns) => ns / 1e6;
    return {
      percent,
      taken,
      frames: ((writes - from) / ms) * 1000,
      delay: {
        median: milli(delay.percentile(50)),
        high: milli(delay.percentile(99)),
        most: milli(delay.max),
      },
      memory: memory(),
    };
  },
  async close() {
    dashboard.close();
    process.disconnect();
  },
};

/** Milliseconds of processor time since the start. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let first;
let opened;
onWrite = () => {
  first ??= Date.now();
  opened ??= cpuMs();
};
const dashboard = await openDashboard(run, { stdin, stdout, stderr: process.stderr, env });
while (first === undefined) await pause(1);
onWrite = () => {};
const keysAt = Date.now();
const answer = async ({ job, ...rest }) => {
  const said = await jobs[job](rest);
  if (process.connected) process.send(said);
};
process.on('message', (message) => void answer(message));
process.send({ openedAt: first, keysAt, cpuMs: opened, memory: memory() });
