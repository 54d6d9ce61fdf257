/**
 * The search's end of a fleet. The queue in Redis says what is to be done, and each job there keeps its own outcome
 * until the search has taken it; a list in Redis says sooner what happened. What either loses the other has: jobs that
 * are gone from Redis are put there again under the same names, and outcomes that were not heard of are found.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { packageVersion } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../evaluator.js';
import { evaluatorOf } from '../evaluators/index.js';
import type { FleetSpec } from '../executor-spec.js';
import {
  type Executor,
  type ExecutorOptions,
  type ExecutorOutcome,
  withAttempts,
} from '../executors/index.js';
import { wrongIn } from './check-outcome.js';
import { Freight } from './freight.js';
import { idOf } from './heartbeat.js';
import { Inbox } from './inbox.js';
import { Lookout } from './lookout.js';
import { type Answer, JobWindow, type Outstanding } from './outstanding.js';
import { FleetPlaces } from './places.js';
import { type Blob, type FleetJob, type Message, jobName, keysOf, queuePrefix } from './protocol.js';
import { connect, loadFleetPackages, publicUrl, resolveRedis } from './redis.js';
import { sendSetup } from './setups.js';
import { type Store, openStore } from './store/index.js';
import { TrialQueue } from './trial-queue.js';

export interface FleetOptions extends ExecutorOptions {
  readonly fleet: FleetSpec;
  readonly redis?: string | undefined;
  /** For tests: what the search is of. */
  readonly version?: string | undefined;
}

const dropEveryMs = 500;
const refusalPauseMs = 1000;
const faultPauseMs = 1000;
/** How long closing waits for Redis. */
const farewellMs = 3000;

/** @throws MixnasError `bad-config` where Redis cannot be used. */
export async function createFleetExecutor(options: FleetOptions): Promise<Executor> {
  const { fleet, version = packageVersion() } = options;
  const url = resolveRedis(options.redis ?? fleet.redis);
  const { Queue: QueueOf } = await loadFleetPackages();
  const redis = await connect(url);
  try {
    const keys = keysOf(fleet.queue);
    const store = await openStore(fleet.store, redis, keys.blob);
    const setup = await sendSetup(options, store);
    const queue = new QueueOf(fleet.queue, { connection: redis, prefix: queuePrefix });
    queue.on('error', () => {}); // said once by the connection
    return new Coordinator({
      ...options,
      version,
      url,
      redis,
      queue: new TrialQueue(queue, redis, fleet),
      store,
      setup,
    });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

interface Parts extends Omit<FleetOptions, 'redis'> {
  readonly version: string;
  readonly url: string;
  readonly redis: Redis;
  readonly queue: TrialQueue;
  readonly store: Store;
  readonly setup: Blob;
}

class Coordinator implements Executor {
  readonly backend = 'bullmq';
  readonly tensorflow = undefined;
  readonly workers: number;
  readonly #parts: Parts;
  readonly #session = randomUUID();
  readonly #reply: string;
  readonly #window: JobWindow;
  readonly #places: FleetPlaces;
  readonly #freight: Freight;
  readonly #inbox: Inbox;
  readonly #lookout: Lookout;
  readonly #dropping: NodeJS.Timeout;
  #run: string = randomUUID().slice(0, 16);
  #closed = false;
  /** Sentences that were said: each is said once. */
  readonly #said = new Set<string>();
  #backend: string | undefined;
  readonly #closing = new AbortController();

  constructor(parts: Parts) {
    const { fleet, redis, queue, workers, version, onWorker = () => {}, onFleet = () => {} } = parts;
    this.#parts = parts;
    this.workers = workers;
    this.#reply = keysOf(fleet.queue).reply(this.#session);
    this.#freight = new Freight(parts.store);
    this.#window = new JobWindow((job) => queue.add(job));
    this.#places = new FleetPlaces((event) => {
      if (!this.#closed) onWorker(event);
    });
    this.#inbox = this.#openInbox();
    redis.on('close', () => {
      if (!this.#closed)
        this.#say(`Redis at ${publicUrl(parts.url)} is not reached; the search waits for it.`);
    });
    redis.on('ready', () => {
      this.#places.forgive();
      this.#freight.forget();
      this.#said.clear();
    });
    this.#lookout = new Lookout({
      redis,
      name: fleet.queue,
      queue,
      window: this.#window,
      places: this.#places,
      version,
      onFleet,
      onMessage: (message) => this.#take(message),
      say: (text) => this.#say(text),
    });
    this.#dropping = setInterval(() => void queue.dropDone(), dropEveryMs);
    void this.#lookout.look();
  }

  begin(run: string): void {
    this.#run = run;
  }

  async run(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress & { readonly worker: number }) => void = () => {},
  ): Promise<ExecutorOutcome> {
    let worker = 0;
    /** Of every attempt, refused ones too: each has a name of its own in the queue. */
    let count = 0;
    const evaluate = async (): Promise<EvaluationOutcome | { readonly state: 'interrupted' }> => {
      for (;;) {
        const files = await this.#freight.load(job);
        const data = { ...this.#dataOf(job, ++count), ...files };
        const answer = await this.#ask(data, (progress, at) => {
          worker = at;
          onProgress({ ...progress, worker });
        });
        if (answer.type === 'interrupted') return { state: 'interrupted' };
        if (answer.type === 'lost')
          return { state: 'failed', reason: answer.reason, seconds: 0, fault: 'machine' };
        if (answer.type === 'outcome')
          return this.#freight.unload(job, answer, () => this.#closing.signal.aborted);
        this.#say(answer.reason);
        await wait(refusalPauseMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    };
    const lost = (reason: string) => {
      this.#freight.forget(); // what it needed may be what was gone
      this.#say(`Trial ${job.trial}: ${reason}`);
    };
    const outcome = await withAttempts(evaluate as () => Promise<EvaluationOutcome>, {
      onLost: lost,
      isOver: () => this.#closed,
      pauseMs: faultPauseMs,
    });
    return this.#closed ? { state: 'interrupted', worker } : { ...outcome, worker };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort();
    clearInterval(this.#dropping);
    this.#lookout.close();
    this.#inbox.close();
    const left = this.#window.all();
    for (const job of left) this.#window.finish(job, { type: 'interrupted' });
    const { redis, queue, store } = this.#parts;
    const farewell = (async () => {
      await queue.leave(left);
      await redis.del(this.#reply);
      await store.close();
    })();
    await Promise.race([farewell.catch(() => {}), wait(farewellMs, undefined, { ref: false })]);
    redis.disconnect();
  }

  #openInbox(): Inbox {
    const own = this.#parts.redis.duplicate();
    own.on('error', () => {});
    const inbox = new Inbox(own, this.#reply, {
      onMessage: (message) => this.#take(message),
      onWrong: () => this.#say('A worker said what no worker of this version says: it was not believed.'),
    });
    void inbox.read();
    return inbox;
  }

  #say(text: string): void {
    if (this.#said.has(text) || this.#closed) return;
    this.#said.add(text);
    this.#parts.notice?.(text);
  }

  #dataOf({ trial, architecture, seed, weightsPath }: EvaluationJob, attempt: number): FleetJob {
    return {
      version: this.#parts.version,
      run: this.#run,
      reply: this.#session,
      trial,
      attempt,
      evaluator: this.#parts.evaluator.name,
      setup: this.#parts.setup,
      architecture,
      seed,
      weights: weightsPath !== undefined,
    };
  }

  #ask(job: FleetJob, onProgress: (progress: EvaluationProgress, worker: number) => void): Promise<Answer> {
    if (this.#closed) return Promise.resolve({ type: 'interrupted' });
    return new Promise((settle) => {
      const one: Outstanding = {
        name: jobName(job),
        job,
        state: 'held',
        place: undefined,
        heardAt: performance.now(),
        onProgress: (progress) => {
          if (one.place) onProgress(progress, this.#places.numberOf(one.place));
        },
        settle,
      };
      this.#window.take(one);
    });
  }

  #take(message: Message): void {
    const one = this.#window.get(message.job);
    if (!one) return; // late, or told twice
    one.heardAt = performance.now();
    switch (message.type) {
      case 'started':
        this.#sameBackend(message.backend);
        this.#window.start(one, message.place);
        // More places work than it knows of: they have come since it last looked.
        if (this.#places.numberOf(message.place) >= this.#window.places) void this.#lookout.look();
        one.onProgress({ step: 0, steps: this.#stepsOf(one.job) });
        return;
      case 'progress':
        if (message.steps > 0 && message.step <= message.steps) {
          const { step, steps, loss, accuracy } = message;
          one.onProgress({ step, steps, loss, accuracy });
        }
        return;
      case 'refused':
      case 'outcome': {
        this.#parts.queue.isDone(one.name);
        const wrong = message.type === 'outcome' ? wrongIn(one.job, message) : undefined;
        const worker = one.place ? idOf(one.place) : 'A worker';
        this.#window.finish(
          one,
          wrong === undefined
            ? message
            : { type: 'lost', reason: `${worker} said ${wrong}: it was not believed.` },
        );
      }
    }
  }

  #stepsOf(job: FleetJob): number {
    return evaluatorOf(this.#parts.evaluator).steps || (job.part?.until ?? 1);
  }

  #sameBackend(backend: string): void {
    this.#backend ??= backend;
    if (backend === this.#backend) return;
    this.#say(
      `Workers compute with ${this.#backend} and with ${backend}: accuracies may differ between them.`,
    );
  }
}
