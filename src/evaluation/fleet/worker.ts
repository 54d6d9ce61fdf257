/** A worker of a fleet: takes trials of a queue until it is told to stop, keeping nothing of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { defaultPython, messageOf, packageVersion } from '../../base/index.js';
import { probeTorch } from '../evaluators/index.js';
import { createSlots } from '../executors/index.js';
import { childRunner } from './child-runner.js';
import { Heartbeat } from './heartbeat.js';
import { type Runner, Unable, WorkPlace, faultOf } from './place.js';
import {
  type FleetJob,
  type Message,
  type Place,
  fleetJobSchema,
  keysOf,
  mostMessageChars,
  queuePrefix,
} from './protocol.js';
import { connect, loadFleetPackages, publicUrl, resolveRedis, withoutSecrets } from './redis.js';
import { Setups, type WorkerSetup } from './setups.js';
import { metered, openStore } from './store/index.js';

/** What a worker says to whoever watches it. */
export type FleetWorkerEvent =
  | { readonly type: 'ready'; readonly redis: string; readonly queue: string; readonly places: number }
  | {
      readonly type: 'started';
      readonly run: string;
      readonly trial: number;
      readonly place: number;
      /** How long it lay in the queue, by the clocks of the machine that put it there and of this one. */
      readonly waitedSeconds: number;
    }
  | {
      readonly type: 'finished';
      readonly run: string;
      readonly trial: number;
      readonly place: number;
      /** `lost` where a fault of this machine ended it. */
      readonly state: 'complete' | 'failed' | 'lost' | 'cancelled' | 'refused';
      /** In its place: with fetching, and storing what it made. */
      readonly seconds: number;
    }
  | { readonly type: 'refused'; readonly trial: number | undefined; readonly reason: string }
  | { readonly type: 'notice'; readonly text: string };

/** What is measured of a worker besides its events. */
export interface WorkerGauges {
  /** Content came from the store. */
  readonly fetched: (bytes: number) => void;
  /** Content went into the store. */
  readonly stored: (bytes: number) => void;
  /** The process of a place; undefined when it has ended. */
  readonly process: (place: number, pid: number | undefined) => void;
}

export interface FleetWorkerOptions {
  /** A URL, or the name of a variable that holds it. Default: `MIXNAS_REDIS`. */
  readonly redis?: string | undefined;
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
  /** What it is called on its host. Default: `worker-` and its process number. */
  readonly name?: string | undefined;
  /** Trials at once. Default: one, or one a GPU. */
  readonly places?: number | undefined;
  /** GPUs, one a place, as `CUDA_VISIBLE_DEVICES`. */
  readonly gpus?: readonly string[] | undefined;
  /** Evaluators that it takes trials of; a `command` only where it is listed here. */
  readonly evaluators?: readonly string[] | undefined;
  /** The Python of `evaluator: pytorch`. Default: `MIXNAS_PYTHON`, or `python3`. */
  readonly python?: string | undefined;
  readonly onEvent?: ((event: FleetWorkerEvent) => void) | undefined;
  /** What it moves and starts, for metrics. */
  readonly gauges?: WorkerGauges | undefined;
  /** Aborting lets it finish what it has and take nothing more. */
  readonly drain?: AbortSignal | undefined;
  /** Aborting ends it at once; what it has is tried elsewhere. */
  readonly stop?: AbortSignal | undefined;
  /** After so long without a sign of life another worker takes a trial. Default 30 s. */
  readonly lockMs?: number | undefined;
  /** For tests and measurements: what it is a worker of, and what evaluates in place of a child process. */
  readonly version?: string | undefined;
  readonly start?: ((setup: WorkerSetup, place: number) => Promise<Runner>) | undefined;
}

/** Evaluators that start nothing which a search names. */
export const harmlessEvaluators: readonly string[] = [
  'training',
  'pytorch',
  'supernet',
  'proxy',
  'synthetic',
];

/** So long it takes nothing after it refused a trial: another worker may be the right one. */
const restMs = 2000;
/** Progress of a trial is reported no more often. */
const progressEveryMs = 500;
/** What nobody reads is forgotten. */
const replySeconds = 3600;

/**
 * Works until `drain` or `stop`.
 * @throws MixnasError `bad-config` where Redis cannot be used, or PyTorch that `evaluators` lists.
 */
export async function runFleetWorker(options: FleetWorkerOptions): Promise<void> {
  const { queue = 'mixnas', gpus, gauges, onEvent = () => {}, drain, stop, lockMs = 30_000 } = options;
  const { version = packageVersion(), evaluators = harmlessEvaluators } = options;
  const { places = gpus?.length ?? 1, name = `worker-${process.pid}` } = options;
  const url = resolveRedis(options.redis ?? 'MIXNAS_REDIS');
  const python = options.python ?? defaultPython();
  // Who says that it trains in PyTorch hears at once where it cannot; others refuse when such a trial comes.
  if (options.evaluators?.includes('pytorch')) probeTorch(python, gpus ? 'cuda' : 'auto');
  const { Worker } = await loadFleetPackages();
  const redis = await connect(url);
  const keys = keysOf(queue);
  const store = metered(await openStore(options.store, redis, keys.blob), gauges);
  const setups = new Setups(store, {
    python,
    hasGpus: gpus !== undefined,
    evaluators,
  });
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-worker-'));
  const start = options.start ?? childRunner(gpus, gauges?.process);
  const host = hostname();
  const all = Array.from(
    { length: places },
    (_, place) =>
      new WorkPlace({
        store,
        setups,
        place,
        folder: join(folder, String(place)),
        start: (setup) => start(setup, place),
      }),
  );
  const slots = createSlots(places);
  /** Jobs that run, by name, with the place of each. */
  const running = new Map<string, { readonly job: FleetJob; readonly place: number }>();
  const heartbeat = new Heartbeat(redis, keys, () => ({
    host,
    name,
    pid: process.pid,
    version,
    places,
    doing: [...running.values()].map(({ job }) => `${job.run} #${job.trial}`),
  }));

  /** Says something to a search; what cannot be said now is found in the job. */
  async function tell(reply: string, message: Message): Promise<void> {
    const key = keys.reply(reply);
    await redis.multi().rpush(key, JSON.stringify(message)).expire(key, replySeconds).exec();
  }

  async function refuse(bull: Job, job: FleetJob | undefined, reason: string): Promise<Message> {
    onEvent({ type: 'refused', trial: job?.trial, reason });
    const message = { type: 'refused', job: bull.id ?? '', reason } as const;
    if (job) await tell(job.reply, message);
    void worker.pause(true);
    setTimeout(() => void worker.resume(), restMs).unref();
    return message;
  }

  async function evaluate(bull: Job, job: FleetJob, place: number): Promise<Message | undefined> {
    const id = bull.id as string;
    const own: Place = { host, name, place, pid: process.pid };
    let toldAt = Number.NEGATIVE_INFINITY;
    running.set(id, { job, place });
    // Clocks of two machines may differ: no time is less than none.
    const waitedSeconds = Math.max(0, Date.now() - bull.timestamp) / 1000;
    onEvent({ type: 'started', run: job.run, trial: job.trial, place, waitedSeconds });
    try {
      const message = await (all[place] as WorkPlace).run(id, job, {
        onStarted: (backend) => void tell(job.reply, { type: 'started', job: id, place: own, backend }),
        onProgress: ({ step, steps, loss, accuracy }) => {
          if (performance.now() - toldAt < progressEveryMs) return;
          toldAt = performance.now();
          void tell(job.reply, { type: 'progress', job: id, step, steps, loss, accuracy });
        },
      });
      return message;
    } catch (error) {
      if (error instanceof Unable) {
        const why = withoutSecrets(error.message, url);
        return refuse(bull, job, `${host}/${name} cannot take trials of this search: ${why}`);
      }
      const outcome = faultOf(withoutSecrets(describe(error), url));
      return { type: 'outcome', job: id, trial: job.trial, outcome };
    } finally {
      running.delete(id);
    }
  }

  async function take(bull: Job): Promise<Message | undefined> {
    const job = fleetJobSchema.safeParse(bull.data);
    if (!job.success) return refuse(bull, undefined, 'The queue holds what no search of this version asks.');
    const { data } = job;
    if (data.version !== version) {
      return refuse(bull, data, `${host}/${name} runs mixnas ${version}, the search ${data.version}.`);
    }
    if (!evaluators.includes(data.evaluator)) {
      return refuse(
        bull,
        data,
        `${host}/${name} takes no trials of the evaluator ${data.evaluator}: see its \`--evaluator\`.`,
      );
    }
    const place = await slots.take();
    try {
      const begun = performance.now();
      const message = await evaluate(bull, data, place);
      const seconds = (performance.now() - begun) / 1000;
      const { run, trial } = data;
      onEvent({ type: 'finished', run, trial, place, state: stateOf(message), seconds });
      if (message?.type === 'refused') return message;
      if (message) await tell(data.reply, bounded(message));
      return message && bounded(message);
    } finally {
      slots.give(place);
    }
  }

  const worker = new Worker(queue, take, {
    connection: redis,
    prefix: queuePrefix,
    concurrency: places,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    // A trial that is lost is the search's to try again: it counts how often.
    maxStalledCount: 0,
    autorun: false,
  });
  worker.on('error', (error) => onEvent({ type: 'notice', text: withoutSecrets(messageOf(error), url) }));
  // One that was cancelled is of no use to a search that asks for it again.
  worker.on('completed', (bull: Job, result: unknown) => {
    if (result === undefined || result === null) void bull.remove().catch(() => {});
  });
  const cancels = redis.duplicate();
  cancels.on('error', () => {});
  cancels.on('message', (_channel, id: string) => {
    const one = running.get(id);
    if (one) void all[one.place]?.cancel();
  });
  let ended = false;
  try {
    await cancels.subscribe(keys.cancel);
    await heartbeat.start();
    void worker.run().catch((error: unknown) => onEvent({ type: 'notice', text: messageOf(error) }));
    onEvent({ type: 'ready', redis: publicUrl(url), queue, places });
    await aborted(drain, stop);
    const drained = worker.close();
    await Promise.race([drained, aborted(stop)]);
    ended = stop?.aborted === true;
    if (ended) {
      // Their searches hear of it at once, rather than when the locks run out.
      await Promise.all(
        [...running].map(([id, { job }]) => tell(job.reply, endedMessage(id, job, host, name))),
      );
      await Promise.race([worker.close(true), wait(1000, undefined, { ref: false })]);
    }
  } finally {
    await Promise.all(all.map((place) => place.close()));
    await Promise.race([heartbeat.stop().catch(() => {}), wait(1000, undefined, { ref: false })]);
    cancels.disconnect();
    redis.disconnect();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type EndState = Extract<FleetWorkerEvent, { type: 'finished' }>['state'];

function stateOf(message: Message | undefined): EndState {
  if (message?.type === 'refused') return 'refused';
  if (message?.type !== 'outcome') return 'cancelled';
  const { outcome } = message;
  return outcome.state === 'failed' && outcome.fault === 'machine' ? 'lost' : outcome.state;
}

const describe = (error: unknown): string => {
  const { remedy } = error as { remedy?: string };
  return remedy === undefined ? messageOf(error) : `${messageOf(error)} ${remedy}`;
};

function endedMessage(job: string, { trial }: FleetJob, host: string, name: string): Message {
  const outcome = faultOf(`The worker ${host}/${name} was ended.`);
  return { type: 'outcome', job, trial, outcome };
}

/** A message that every reader takes: what is too long for it is a fault. */
function bounded(message: Message): Message {
  if (message.type !== 'outcome' || JSON.stringify(message).length <= mostMessageChars) return message;
  return { ...message, outcome: faultOf('The outcome is too long for the queue.') };
}

/** Resolves when one of the signals is aborted. */
function aborted(...signals: (AbortSignal | undefined)[]): Promise<void> {
  const given = signals.filter((signal) => signal !== undefined);
  return new Promise((done) => {
    if (given.some((signal) => signal.aborted)) done();
    for (const signal of given) signal.addEventListener('abort', () => done(), { once: true });
  });
}
