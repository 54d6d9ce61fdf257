/**
 * A worker in a process of its own that trains nothing: `fleet-worker.mjs <options as JSON>`. It runs the build. Prints
 * a line for each event. `jump` makes its clock jump, `ms` is how long a trial takes, which ends once the
 * file `until` is there, `lies` how many trials
 * at first have an outcome that cannot be.
 */
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createExecutor, runFleetWorker } from '../../dist/evaluation/index.js';
import { jump as jumpClock } from './jumping-clock.mjs';

const { ms = 50, jump = false, lies = 0, until, ...options } = JSON.parse(process.argv[2] ?? '{}');

if (jump) jumpClock();

/** In turn: no number, more than all, a time that cannot be. */
const untrue = [{ accuracy: Number.NaN }, { accuracy: 1.5 }, { seconds: -1 }];
let told = 0;

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
        while (until !== undefined && !existsSync(until)) await wait(20);
        const { worker: _worker, ...outcome } = await executor.run(job, onProgress);
        if (told >= lies || outcome.state !== 'complete') return outcome;
        const { accuracy = 0.5, seconds = outcome.seconds } = untrue[told++ % untrue.length];
        return { ...outcome, values: { ...outcome.values, accuracy }, seconds };
      },
      close: () => executor.close(),
    };
  },
});
