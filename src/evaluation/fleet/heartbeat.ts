/** Signs of life of workers. They run out by Redis's clock: those of the machines may be wrong. */
import type { Redis } from 'ioredis';
import { type WorkerStatus, keysOf, workerStatusSchema } from './protocol.js';

const everyMs = 2000;
/** After so long without one a worker is gone. */
const gonePx = 10_000;

export class Heartbeat {
  readonly #redis: Redis;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #status: () => WorkerStatus;
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: Redis, keys: ReturnType<typeof keysOf>, status: () => WorkerStatus) {
    this.#redis = redis;
    this.#keys = keys;
    this.#status = status;
  }

  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => void this.#beat().catch(() => {}), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const id = idOf(this.#status());
    await this.#redis.multi().del(this.#keys.worker(id)).srem(this.#keys.workers, id).exec();
  }

  async #beat(): Promise<void> {
    const status = this.#status();
    const id = idOf(status);
    await this.#redis
      .multi()
      .set(this.#keys.worker(id), JSON.stringify(status), 'PX', gonePx)
      .sadd(this.#keys.workers, id)
      .exec();
  }
}

/** The name of a worker in its fleet. */
export const idOf = ({ host, name }: Pick<WorkerStatus, 'host' | 'name'>): string => `${host}/${name}`;

/** The workers that live, and those that left no sign of life. */
export async function readWorkers(
  redis: Redis,
  queue: string,
): Promise<{ readonly alive: WorkerStatus[]; readonly gone: string[] }> {
  const keys = keysOf(queue);
  const ids = await redis.smembers(keys.workers);
  if (ids.length === 0) return { alive: [], gone: [] };
  const texts = await redis.mget(ids.map(keys.worker));
  const alive: WorkerStatus[] = [];
  const gone: string[] = [];
  texts.forEach((text, i) => {
    if (text === null) gone.push(ids[i] as string);
    else {
      const status = workerStatusSchema.safeParse(parsed(text));
      if (status.success) alive.push(status.data);
    }
  });
  if (gone.length > 0) await redis.srem(keys.workers, gone);
  return { alive, gone };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
