/**
 * A fleet of fake workers: how many finished trials a second pass through a search, what the queue costs a trial, and
 * whether anything is lost or memory grows.
 *
 *     npm run bench:fleet [-- --workers 500 --trials 50000 --seconds 1]     # the queue and a journal alone
 *     npm run bench:fleet -- --search nsga2                                 # a whole search with this sampler
 */
import { parseArgs } from 'node:util';
import { startFakeFleet } from './fleet/fake-fleet.js';
import { throughQueue } from './fleet/through-queue.js';
import { wholeSearch } from './fleet/whole-search.js';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '500' },
    trials: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '1' },
    processes: { type: 'string', default: '4' },
    search: { type: 'string' },
  },
});
const [workers, trials, processes] = [values.workers, values.trials, values.processes].map(Number) as [
  number,
  number,
  number,
];
const { seconds, search: sampler } = values;
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

const fleet = await startFakeFleet({ workers, processes, seconds });
try {
  const before = await fleet.redisCpuMs();
  const found = await (sampler === undefined
    ? throughQueue(fleet, workers, trials)
    : wholeSearch(fleet, { workers, trials, sampler }));
  const redisMs = ((await fleet.redisCpuMs()) - before) / trials;
  const what = sampler === undefined ? 'the queue and a journal' : `a whole search with ${sampler}`;
  console.log(
    `${what}: ${workers} workers in ${processes} processes, ${trials} trials of ${seconds} s\n` +
      `finished ${found.finished}, lost ${trials - found.finished}, in ${found.seconds.toFixed(1)} s: ` +
      `${(found.finished / found.seconds).toFixed(0)} a second\n` +
      `processor time a trial: coordinator ${found.cpuMs.toFixed(2)} ms, so that it alone could do ` +
      `${(1000 / found.cpuMs).toFixed(0)} a second; Redis ${redisMs.toFixed(2)} ms`,
  );
  if (found.overheadMs !== undefined)
    console.log(`from asking to the outcome, without the trial: median ${found.overheadMs.toFixed(1)} ms`);
  for (const { trials: done, heap, redis } of found.memory)
    console.log(`after ${done}: heap ${mebibytes(heap)} MiB, Redis ${mebibytes(redis)} MiB`);
  if (found.finished !== trials) process.exitCode = 1;
} finally {
  await fleet.close();
}
