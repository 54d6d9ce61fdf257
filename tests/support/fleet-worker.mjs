/**
 * A worker in a process of its own that trains nothing: `fleet-worker.mjs <options as JSON>`. It runs the build. Prints
 * a line for each event. `jump` makes its clock jump, `ms` is how long a trial takes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createExecutor, runFleetWorker } from '../../dist/evaluation/index.js';

const { ms = 50, jump = false, ...options } = JSON.parse(process.argv[2] ?? '{}');

if (jump) {
  const now = Date.now.bind(Date);
  let shift = 0;
  setInterval(() => {
    shift = shift > 0 ? -3_600_000 : 3_600_000;
  }, 300).unref();
  Date.now = () => now() + shift;
}

const drain = new AbortController();
process.on('SIGTERM', () => drain.abort());
await runFleetWorker({
  ...options,
  drain: drain.signal,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  async start({ setup }) {
    const executor = await createExecutor({ ...setup, executor: { kind: 'in-process' }, workers: 1 });
    return {
      backend: 'synthetic',
      async evaluate(job, onProgress) {
        await wait(ms);
        const { worker: _worker, ...outcome } = await executor.run(job, onProgress);
        return outcome;
      },
      close: () => executor.close(),
    };
  },
});
