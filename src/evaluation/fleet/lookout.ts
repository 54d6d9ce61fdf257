/** Looks after a search's jobs every two seconds: which workers live, which jobs nothing was heard of. */
import type { Redis } from 'ioredis';
import type { FleetState } from '../executors/index.js';
import { idOf, readWorkers } from './heartbeat.js';
import { parseMessage } from './inbox.js';
import type { JobWindow, Outstanding } from './outstanding.js';
import type { FleetPlaces } from './places.js';
import type { Message } from './protocol.js';
import type { TrialQueue } from './trial-queue.js';

const lookEveryMs = 2000;
/** A job that was not heard of for so long is looked up. */
const quietMs = 3000;

export interface LookoutOptions {
  readonly redis: Redis;
  /** The queue's name. */
  readonly name: string;
  readonly queue: TrialQueue;
  readonly window: JobWindow;
  readonly places: FleetPlaces;
  /** Of mixnas, which workers must have, too. */
  readonly version: string;
  readonly onFleet: (state: FleetState) => void;
  /** What was found in a job, and not heard of. */
  readonly onMessage: (message: Message) => void;
  readonly say: (text: string) => void;
}

export class Lookout {
  readonly #options: LookoutOptions;
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #closed = false;

  constructor(options: LookoutOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    try {
      await this.#lookAtWorkers();
      for (const one of this.#options.window.all()) {
        if (one.state !== 'held' && performance.now() - one.heardAt > quietMs) await this.#lookUp(one);
      }
    } catch {
      // Redis is away: it is said, and the next look comes.
    } finally {
      this.#looking = false;
    }
  }

  async #lookAtWorkers(): Promise<void> {
    const { redis, name, queue, window, places, version, onFleet, say } = this.#options;
    const { alive } = await readWorkers(redis, name);
    if (this.#closed) return;
    const able = alive.filter((worker) => worker.version === version);
    const count = able.reduce((sum, worker) => sum + worker.places, 0);
    window.places = count;
    const waiting = window.all().filter(({ state }) => state !== 'active').length;
    onFleet({ hosts: new Set(able.map(({ host }) => host)).size, places: count, waiting });
    await queue.want(window.all().map((one) => one.name));
    if (able.length === 0) say(nobody(name, alive.length));
    for (const worker of places.update(alive, performance.now())) this.#lose(worker);
  }

  #lose(worker: string): void {
    const { queue, window, places } = this.#options;
    const theirs = window.all().filter(({ place }) => place && idOf(place) === worker);
    const reason = `The worker ${worker} shows no sign of life.`;
    places.drop(worker, theirs.length > 0 ? reason : undefined);
    for (const one of theirs) {
      queue.isDone(one.name);
      window.finish(one, { type: 'lost', reason });
    }
  }

  async #lookUp(one: Outstanding): Promise<void> {
    const { queue, window, onMessage } = this.#options;
    const job = await queue.find(one.name);
    if (window.get(one.name) !== one) return;
    one.heardAt = performance.now();
    if (!job) return window.restore(one);
    if (job.finishedOn === undefined) return;
    queue.isDone(one.name);
    const message = job.failedReason ? undefined : parseMessage(job.returnvalue);
    if (message && message.job === one.name) return onMessage(message);
    const reason = job.failedReason ? 'Its worker was lost.' : 'Its worker was told to drop it.';
    window.finish(one, { type: 'lost', reason });
  }
}

function nobody(queue: string, others: number): string {
  const why = others > 0 ? `, but ${others} of another version` : '';
  return `No worker takes trials of the queue ${queue}${why}: start one with \`mixnas worker --queue ${queue}\`.`;
}
