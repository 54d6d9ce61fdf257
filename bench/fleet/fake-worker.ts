/** A process of fake workers: everything of a worker but the training. Arguments: Redis, name, places, seconds. */
import { setTimeout as wait } from 'node:timers/promises';
import { runFleetWorker } from '../../src/evaluation/index.js';

const [redis, name, places, seconds] = process.argv.slice(2) as [string, string, string, string];
await runFleetWorker({
  redis,
  name,
  queue: 'bench',
  places: Number(places),
  onEvent: (event) => {
    if (event.type === 'ready') process.send?.('ready');
    if (event.type === 'notice' || event.type === 'refused') console.error(JSON.stringify(event));
  },
  start: async () => ({
    backend: 'fake',
    async evaluate({ trial }) {
      const begun = performance.now();
      await wait(Number(seconds) * 1000);
      // What it really took: a busy machine wakes late.
      const took = (performance.now() - begun) / 1000;
      return { state: 'complete', values: { accuracy: (trial % 1000) / 1000 }, curve: [], seconds: took };
    },
    close: async () => {},
  }),
});
