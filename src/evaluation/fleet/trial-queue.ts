/** The jobs of a search in Redis: putting them there, finding them again, and taking them away. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { FleetSpec } from '../executor-spec.js';
import type { Outstanding } from './outstanding.js';
import { keysOf } from './protocol.js';

/** Outcomes that no search takes are kept so long. */
const keptSeconds = 7 * 86_400;
/** A trial that no search has spoken of for so long is not wanted any more. */
const wantedSeconds = 30;

export class TrialQueue {
  readonly #queue: Queue;
  readonly #redis: Redis;
  readonly #priority: number;
  readonly #keys: ReturnType<typeof keysOf>;
  /** Names of jobs whose outcomes were taken. */
  #done: string[] = [];

  constructor(queue: Queue, redis: Redis, { queue: name, priority }: FleetSpec) {
    this.#queue = queue;
    this.#redis = redis;
    this.#priority = priority;
    this.#keys = keysOf(name);
  }

  /** Adds a job; one of its name that is there already stays as it is. */
  add({ name, job }: Outstanding): void {
    this.#queue
      .add('trial', job, {
        jobId: name,
        priority: this.#priority,
        attempts: 1,
        removeOnComplete: { age: keptSeconds },
        removeOnFail: { age: keptSeconds },
      })
      .catch(() => {}); // it is looked up, and added again
  }

  find(name: string) {
    return this.#queue.getJob(name);
  }

  /** Its outcome was taken, or is not awaited any more: it is removed with the next `dropDone`. */
  isDone(name: string): void {
    this.#done.push(name);
  }

  /** Says which trials are under way, by Redis's own clock; what a search that ended so had is forgotten. */
  async want(names: readonly string[]): Promise<void> {
    const [now] = await this.#redis.time();
    const change = this.#redis
      .multi()
      .zremrangebyscore(this.#keys.wanted, '-inf', Number(now) - wantedSeconds);
    if (names.length > 0) change.zadd(this.#keys.wanted, ...names.flatMap((name) => [Number(now), name]));
    await change.expire(this.#keys.wanted, 10 * wantedSeconds).exec();
  }

  /** Removes jobs whose outcomes were taken; one that another worker has is cancelled. */
  async dropDone(): Promise<void> {
    const names = this.#done;
    this.#done = [];
    if (names.length === 0) return;
    await this.#redis.zrem(this.#keys.wanted, ...names).catch(() => {});
    await Promise.all(names.map((name) => this.#cancel(name))).catch(() => {});
  }

  /** Takes away all that the search has left. */
  async leave(left: readonly Outstanding[]): Promise<void> {
    for (const { name, state } of left) if (state !== 'held') await this.#cancel(name);
    await this.dropDone();
    if (left.length > 0) await this.#redis.zrem(this.#keys.wanted, ...left.map(({ name }) => name));
    await this.#queue.close();
  }

  async #cancel(name: string): Promise<void> {
    const removed = await this.#queue.remove(name);
    if (removed === 0) await this.#redis.publish(this.#keys.cancel, name);
  }
}
