/** Numbers for the places of workers, as a journal has them: small, and free again when a worker is gone. */
import type { WorkerEvent } from '../executors/index.js';
import { idOf } from './heartbeat.js';
import type { Place, WorkerStatus } from './protocol.js';

/** After so long without a sign of life, while Redis was reached, a worker is lost. */
const lostMs = 6000;

export class FleetPlaces {
  readonly #onWorker: (event: WorkerEvent) => void;
  /** The place that has each number. */
  readonly #numbers: (string | undefined)[] = [];
  readonly #known = new Map<string, number>();
  /** Since when a worker is missing. */
  readonly #missing = new Map<string, number>();

  constructor(onWorker: (event: WorkerEvent) => void) {
    this.#onWorker = onWorker;
  }

  /** The number of a place; one that is new has started. */
  numberOf(place: Place): number {
    const key = `${idOf(place)}#${place.place}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const free = this.#numbers.indexOf(undefined);
    const number = free === -1 ? this.#numbers.length : free;
    this.#numbers[number] = key;
    this.#known.set(key, number);
    const { host, pid } = place;
    this.#onWorker({ worker: number, state: 'started', pid, host, name: nameOf(key) });
    return number;
  }

  /**
   * Takes note of who lives. @returns those that are lost.
   * @param left those that have ended in order.
   */
  update(alive: readonly WorkerStatus[], now: number): string[] {
    const here = new Set(alive.map(idOf));
    const lost: string[] = [];
    for (const worker of new Set([...this.#known.keys()].map(workerOf))) {
      if (here.has(worker)) this.#missing.delete(worker);
      else {
        const since = this.#missing.get(worker) ?? now;
        this.#missing.set(worker, since);
        if (now - since >= lostMs) lost.push(worker);
      }
    }
    return lost;
  }

  /** Redis was away: nobody could give a sign of life. */
  forgive(): void {
    this.#missing.clear();
  }

  /** A worker is gone, with trials of this search or without. */
  drop(worker: string, reason: string | undefined): void {
    this.#missing.delete(worker);
    for (const [key, number] of this.#known) {
      if (workerOf(key) !== worker) continue;
      this.#known.delete(key);
      this.#numbers[number] = undefined;
      const state = reason === undefined ? 'left' : 'crashed';
      this.#onWorker({ worker: number, state, host: hostOf(worker), name: nameOf(key), reason });
    }
  }
}

const workerOf = (key: string) => key.slice(0, key.lastIndexOf('#'));
const nameOf = (key: string) => key.slice(key.indexOf('/') + 1);
const hostOf = (worker: string) => worker.slice(0, worker.indexOf('/'));
