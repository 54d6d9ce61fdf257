/**
 * The search's end of a fleet. The queue in Redis says what is to be done, and each job there keeps its own outcome
 * until the search has taken it; a list in Redis says sooner what happened. What either loses the other has: jobs that
 * are gone from Redis are put there again under the same names, and outcomes that were not heard of are found.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf, packageVersion, readBytes, sizeLimits, writeFileAtomic } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../evaluator.js';
import { evaluatorOf } from '../evaluators/index.js';
import type { FleetSpec } from '../executor-spec.js';
import {
  type Executor,
  type ExecutorOptions,
  type ExecutorOutcome,
  withAttempts,
} from '../executors/index.js';
import { Inbox, parseMessage } from './inbox.js';
import { readWorkers, idOf } from './heartbeat.js';
import { type Answer, JobWindow, type Outstanding } from './outstanding.js';
import { FleetPlaces } from './places.js';
import { type Blob, type FleetJob, type Message, jobName, keysOf, queuePrefix } from './protocol.js';
import { connect, loadFleetPackages, publicUrl, resolveRedis } from './redis.js';
import { sendSetup } from './setups.js';
import { type Store, openStore } from './store/index.js';

export interface FleetOptions extends ExecutorOptions {
  readonly fleet: FleetSpec;
  readonly redis?: string | undefined;
  /** For tests: what the search is of. */
  readonly version?: string | undefined;
}

const lookEveryMs = 2000;
/** A job that was not heard of for so long is looked up. */
const quietMs = 3000;
const dropEveryMs = 500;
/** A trial that no search has spoken of for so long is not wanted any more. */
const wantedSeconds = 30;
const refusalPauseMs = 1000;
const faultPauseMs = 1000;
/** Outcomes that no search takes are kept so long. */
const keptSeconds = 7 * 86_400;
/** How long closing waits for Redis. */
const farewellMs = 3000;

/** @throws MixnasError `bad-config` where Redis cannot be used. */
export async function createFleetExecutor(options: FleetOptions): Promise<Executor> {
  const { fleet } = options;
  const url = resolveRedis(options.redis ?? fleet.redis);
  const { Queue: QueueOf } = await loadFleetPackages();
  const redis = await connect(url);
  try {
    const keys = keysOf(fleet.queue);
    const store = await openStore(fleet.store, redis, keys.blob);
    const setup = await sendSetup(options, store);
    const queue = new QueueOf(fleet.queue, { connection: redis, prefix: queuePrefix });
    queue.on('error', () => {}); // said once by the connection
    return new Coordinator({ ...options, url, redis, queue, store, setup });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

interface Parts extends Omit<FleetOptions, 'redis'> {
  readonly url: string;
  readonly redis: Redis;
  readonly queue: Queue;
  readonly store: Store;
  readonly setup: Blob;
}

class Coordinator implements Executor {
  readonly backend = 'bullmq';
  readonly tensorflow = undefined;
  readonly workers: number;
  readonly #parts: Parts;
  readonly #session = randomUUID();
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #window: JobWindow;
  readonly #places: FleetPlaces;
  readonly #inbox: Inbox;
  readonly #timers: NodeJS.Timeout[];
  /** Names of jobs whose outcomes were taken. */
  #done: string[] = [];
  #run: string = randomUUID().slice(0, 16);
  #closed = false;
  #looking = false;
  /** Sentences that were said: each is said once. */
  readonly #said = new Set<string>();
  #backend: string | undefined;
  readonly #closing = new AbortController();

  constructor(parts: Parts) {
    const { fleet, redis, workers, onWorker = () => {} } = parts;
    this.#parts = parts;
    this.workers = workers;
    this.#keys = keysOf(fleet.queue);
    this.#window = new JobWindow((job) => this.#add(job));
    this.#places = new FleetPlaces((event) => {
      if (!this.#closed) onWorker(event);
    });
    const own = redis.duplicate();
    own.on('error', () => {});
    this.#inbox = new Inbox(own, this.#keys.reply(this.#session), {
      onMessage: (message) => this.#take(message),
      onWrong: () => this.#say('A worker said what no worker of this version says: it was not believed.'),
    });
    void this.#inbox.read();
    redis.on('close', () => {
      if (!this.#closed)
        this.#say(`Redis at ${publicUrl(parts.url)} is not reached; the search waits for it.`);
    });
    redis.on('ready', () => {
      this.#places.forgive();
      this.#said.clear();
    });
    this.#timers = [
      setInterval(() => void this.#look(), lookEveryMs),
      setInterval(() => void this.#dropDone(), dropEveryMs),
    ];
    void this.#look();
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
    const supernet = job.supernet && (await this.#fileBlob(job.supernet.path));
    const load = job.part?.load === undefined ? undefined : await this.#fileBlob(job.part.load);
    const evaluate = async (): Promise<EvaluationOutcome | { readonly state: 'interrupted' }> => {
      for (;;) {
        const data = this.#dataOf(job, ++count, supernet, load);
        const answer = await this.#ask(data, (progress, at) => {
          worker = at;
          onProgress({ ...progress, worker });
        });
        if (answer.type === 'interrupted') return { state: 'interrupted' };
        if (answer.type === 'lost')
          return { state: 'failed', reason: answer.reason, seconds: 0, fault: 'machine' };
        if (answer.type === 'outcome') return this.#receive(job, answer);
        this.#say(answer.reason);
        await wait(refusalPauseMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    };
    const lost = (reason: string) => this.#say(`Trial ${job.trial}: ${reason}`);
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
    for (const timer of this.#timers) clearInterval(timer);
    this.#inbox.close();
    const left = this.#window.all();
    for (const job of left) this.#window.finish(job, { type: 'interrupted' });
    const { redis, queue, store } = this.#parts;
    const farewell = (async () => {
      for (const { name, state } of left) if (state !== 'held') await this.#cancel(name);
      await this.#dropDone();
      await redis.del(this.#keys.reply(this.#session));
      if (left.length > 0) await redis.zrem(this.#keys.wanted, ...left.map(({ name }) => name));
      await store.close();
      await queue.close();
    })();
    await Promise.race([farewell.catch(() => {}), wait(farewellMs, undefined, { ref: false })]);
    redis.disconnect();
  }

  #say(text: string): void {
    if (this.#said.has(text) || this.#closed) return;
    this.#said.add(text);
    this.#parts.notice?.(text);
  }

  async #fileBlob(path: string): Promise<Blob | undefined> {
    if (!existsSync(path)) return undefined;
    return this.#parts.store.put(readBytes(path, 'failed', { limit: sizeLimits.weights }));
  }

  #dataOf(job: EvaluationJob, attempt: number, supernet: Blob | undefined, load: Blob | undefined): FleetJob {
    const { trial, architecture, seed, weightsPath, part } = job;
    return {
      version: this.#parts.version ?? packageVersion(),
      run: this.#run,
      reply: this.#session,
      trial,
      attempt,
      evaluator: this.#parts.evaluator.name,
      setup: this.#parts.setup,
      architecture,
      seed,
      weights: weightsPath !== undefined,
      ...(supernet && { supernet: { file: supernet, tune: job.supernet?.tune === true } }),
      ...(part && {
        part: { from: part.from, until: part.until, ...(load && { load }), save: part.save !== undefined },
      }),
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

  /** Adds a job to the queue; one of its name that is there already stays as it is. */
  #add({ name, job }: Outstanding): void {
    const { queue, fleet } = this.#parts;
    queue
      .add('trial', job, {
        jobId: name,
        priority: fleet.priority,
        attempts: 1,
        removeOnComplete: { age: keptSeconds },
        removeOnFail: { age: keptSeconds },
      })
      .catch(() => {}); // it is looked up, and added again
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
        if (this.#places.numberOf(message.place) >= this.#window.size) void this.#look();
        one.onProgress({ step: 0, steps: stepsOf(one.job, this.#parts) });
        return;
      case 'progress':
        if (message.steps > 0 && message.step <= message.steps) {
          const { step, steps, loss, accuracy } = message;
          one.onProgress({ step, steps, loss, accuracy });
        }
        return;
      case 'refused':
      case 'outcome': {
        this.#done.push(one.name);
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

  #sameBackend(backend: string): void {
    this.#backend ??= backend;
    if (backend === this.#backend) return;
    this.#say(
      `Workers compute with ${this.#backend} and with ${backend}: accuracies may differ between them.`,
    );
  }

  /** What a job made, brought here; where that fails the machine is at fault, or this one's disk is. */
  async #receive(
    job: EvaluationJob,
    { outcome, weights, checkpoint }: Answer & { type: 'outcome' },
  ): Promise<EvaluationOutcome> {
    const { store } = this.#parts;
    const wanted = [
      [weights, job.weightsPath],
      [checkpoint, job.part?.save],
    ] as const;
    for (const [blob, path] of wanted) {
      if (!blob || path === undefined) continue;
      let bytes: Uint8Array;
      try {
        bytes = await store.get(blob);
      } catch (error) {
        return { state: 'failed', reason: messageOf(error), seconds: 0, fault: 'machine' };
      }
      if (this.#closed) return outcome;
      writeFileAtomic(path, bytes);
      void store.drop(blob).catch(() => {});
    }
    return outcome;
  }

  /** Looks after the workers, and after jobs that were not heard of. */
  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    try {
      const { redis, fleet } = this.#parts;
      const { alive } = await readWorkers(redis, fleet.queue);
      if (this.#isClosed()) return;
      const version = this.#parts.version ?? packageVersion();
      const able = alive.filter((worker) => worker.version === version);
      const places = able.reduce((sum, worker) => sum + worker.places, 0);
      this.#window.size = places;
      const waiting = this.#window.all().filter(({ state }) => state !== 'active').length;
      const hosts = new Set(able.map(({ host }) => host)).size;
      this.#parts.onFleet?.({ hosts, places, waiting });
      await this.#want();
      if (able.length === 0) this.#say(nobody(fleet.queue, alive.length));
      for (const worker of this.#places.update(alive, performance.now())) this.#lose(worker);
      for (const one of this.#window.all()) {
        if (one.state !== 'held' && performance.now() - one.heardAt > quietMs) await this.#lookUp(one);
      }
    } catch {
      // Redis is away: it is said, and the next look comes.
    } finally {
      this.#looking = false;
    }
  }

  /** Apart, since it changes while others are waited for. */
  #isClosed(): boolean {
    return this.#closed;
  }

  /** Says which trials are under way, by Redis's own clock; what a search that ended so had is forgotten. */
  async #want(): Promise<void> {
    const { redis } = this.#parts;
    const names = this.#window.all().map(({ name }) => name);
    const [now] = await redis.time();
    const change = redis.multi().zremrangebyscore(this.#keys.wanted, '-inf', Number(now) - wantedSeconds);
    if (names.length > 0) change.zadd(this.#keys.wanted, ...names.flatMap((name) => [Number(now), name]));
    await change.expire(this.#keys.wanted, 10 * wantedSeconds).exec();
  }

  #lose(worker: string): void {
    const theirs = this.#window.all().filter(({ place }) => place && idOf(place) === worker);
    const reason = `The worker ${worker} shows no sign of life.`;
    this.#places.drop(worker, theirs.length > 0 ? reason : undefined);
    for (const one of theirs) {
      this.#done.push(one.name);
      this.#window.finish(one, { type: 'lost', reason });
    }
  }

  async #lookUp(one: Outstanding): Promise<void> {
    const job = await this.#parts.queue.getJob(one.name);
    if (this.#window.get(one.name) !== one) return;
    one.heardAt = performance.now();
    if (!job) return this.#window.restore(one);
    if (job.finishedOn === undefined) return;
    this.#done.push(one.name);
    const message = job.failedReason ? undefined : parseMessage(job.returnvalue);
    if (message && message.job === one.name) return this.#take(message);
    const reason = job.failedReason ? 'Its worker was lost.' : 'Its worker was told to drop it.';
    this.#window.finish(one, { type: 'lost', reason });
  }

  /** Removes jobs whose outcomes were taken; one that another worker has is cancelled. */
  async #dropDone(): Promise<void> {
    const names = this.#done;
    this.#done = [];
    if (names.length === 0) return;
    await this.#parts.redis.zrem(this.#keys.wanted, ...names).catch(() => {});
    await Promise.all(names.map((name) => this.#cancel(name))).catch(() => {});
  }

  async #cancel(name: string): Promise<void> {
    const { queue, redis } = this.#parts;
    const removed = await queue.remove(name);
    if (removed === 0) await redis.publish(this.#keys.cancel, name);
  }
}

const stepsOf = (job: FleetJob, { evaluator }: Parts): number =>
  evaluatorOf(evaluator).steps || (job.part?.until ?? 1);

/** What makes an outcome incredible; undefined for one that can be. */
function wrongIn(
  job: FleetJob,
  { trial, outcome }: Extract<Message, { type: 'outcome' }>,
): string | undefined {
  if (trial !== job.trial) return `trial ${trial} where it had trial ${job.trial}`;
  if (outcome.state !== 'complete') return undefined;
  const { accuracy } = outcome.values;
  if (accuracy === undefined || accuracy < 0 || accuracy > 1) return `an accuracy of ${accuracy}`;
  if (!(outcome.seconds >= 0 && outcome.seconds <= 1e9)) return `that it took ${outcome.seconds} s`;
  return undefined;
}

function nobody(queue: string, others: number): string {
  const why = others > 0 ? `, but ${others} of another version` : '';
  return `No worker takes trials of the queue ${queue}${why}: start one with \`mixnas worker --queue ${queue}\`.`;
}
