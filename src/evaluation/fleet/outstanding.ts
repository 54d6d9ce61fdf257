/** The jobs of a search that are not answered yet: held back here, waiting in the queue, or with a worker. */
import type { EvaluationProgress } from '../evaluator.js';
import type { FleetJob, OutcomeMessage, Place } from './protocol.js';

/** How the wait for a job ends. */
export type Answer =
  | OutcomeMessage
  | { readonly type: 'lost' | 'refused'; readonly reason: string }
  | { readonly type: 'interrupted' };

export interface Outstanding {
  readonly name: string;
  readonly job: FleetJob;
  state: 'held' | 'queued' | 'active';
  /** The worker that has it. */
  place: Place | undefined;
  /** When it was last heard of, by this process's own steady clock. */
  heardAt: number;
  readonly onProgress: (progress: EvaluationProgress) => void;
  readonly settle: (answer: Answer) => void;
}

/**
 * Hands jobs to the queue, no more than a window of them at once. Searches that share a fleet have windows of the same
 * size, so that the queue, first come first served, starts as many trials of each.
 */
export class JobWindow {
  readonly #jobs = new Map<string, Outstanding>();
  readonly #held: Outstanding[] = [];
  readonly #add: (job: Outstanding) => void;
  #queued = 0;
  #size = 4;
  #places = 0;

  constructor(add: (job: Outstanding) => void) {
    this.#add = add;
  }

  /** How many may wait in the queue: as many as the fleet has places, so that none is ever idle. */
  set places(places: number) {
    this.#places = places;
    this.#size = Math.max(4, places);
    this.#fill();
  }

  get places(): number {
    return this.#places;
  }

  get(name: string): Outstanding | undefined {
    return this.#jobs.get(name);
  }

  all(): Outstanding[] {
    return [...this.#jobs.values()];
  }

  take(job: Outstanding): void {
    this.#jobs.set(job.name, job);
    this.#held.push(job);
    this.#fill();
  }

  start(job: Outstanding, place: Place): void {
    if (job.state === 'queued') this.#queued--;
    job.state = 'active';
    job.place = place;
    this.#fill();
  }

  /** It is no longer in Redis: put it there again. */
  restore(job: Outstanding): void {
    if (job.state === 'active') this.#queued++;
    job.state = 'queued';
    job.place = undefined;
    this.#add(job);
  }

  finish(job: Outstanding, answer: Answer): void {
    if (this.#jobs.get(job.name) !== job) return;
    this.#jobs.delete(job.name);
    if (job.state === 'queued') this.#queued--;
    if (job.state === 'held') this.#held.splice(this.#held.indexOf(job), 1);
    job.settle(answer);
    this.#fill();
  }

  #fill(): void {
    while (this.#queued < this.#size) {
      const job = this.#held.shift();
      if (!job) return;
      job.state = 'queued';
      this.#queued++;
      this.#add(job);
    }
  }
}
