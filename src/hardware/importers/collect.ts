/** Collects timed launches, however many there are, into a bounded number of kernels a network. */
import { type Kernel, kernelKey } from '../kernel.js';
import { TimeSketch } from './time-sketch.js';

/** One kernel of one network. */
export interface CollectedKernel {
  readonly key: string;
  /** How often it ran. */
  readonly count: number;
  /** Median of its times; undefined where none was taken. */
  readonly us: number | undefined;
}

interface Entry {
  count: number;
  readonly times: TimeSketch;
  readonly hash: number;
}

/** Pairs of kernel and network that are kept; beyond that a sample is. */
const defaultLimit = 50_000;

/** FNV-1a: which pairs are sampled depends on their names only, not on the order of rows. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}

export class LaunchCollector {
  readonly #kernels = new Map<string, Kernel>();
  readonly #models = new Map<string, Map<string, Entry>>();
  #pairs = 0;
  /** Pairs whose hash is not below this are dropped; halved whenever there are too many. */
  #threshold = 2 ** 32;

  constructor(private readonly limit: number = defaultLimit) {}

  /** Whether there were too many, so that only a sample is kept. */
  get sampled(): boolean {
    return this.#threshold < 2 ** 32;
  }

  /** @param us undefined for a launch that was not timed. */
  add(model: string, kernel: Kernel, us: number | undefined): void {
    const key = kernelKey(kernel);
    const known = this.#models.get(model)?.get(key);
    const entry = known ?? this.#newEntry(model, key, kernel);
    if (entry === undefined) return;
    entry.count++;
    if (us !== undefined) entry.times.add(us);
    if (this.#pairs > this.limit) this.#thin();
  }

  #newEntry(model: string, key: string, kernel: Kernel): Entry | undefined {
    const hash = hashOf(key, hashOf(model, 2_166_136_261));
    if (hash >= this.#threshold) return undefined;
    if (!this.#kernels.has(key)) this.#kernels.set(key, kernel);
    const entries = this.#models.get(model) ?? new Map<string, Entry>();
    this.#models.set(model, entries);
    const entry = { count: 0, times: new TimeSketch(), hash };
    entries.set(key, entry);
    this.#pairs++;
    return entry;
  }

  #thin(): void {
    this.#threshold /= 2;
    this.#pairs = 0;
    const used = new Set<string>();
    for (const [model, entries] of this.#models) {
      for (const [key, { hash }] of entries) {
        if (hash >= this.#threshold) entries.delete(key);
        else used.add(key);
      }
      this.#pairs += entries.size;
      if (entries.size === 0) this.#models.delete(model);
    }
    for (const key of this.#kernels.keys()) if (!used.has(key)) this.#kernels.delete(key);
  }

  /** A new map of the distinct kernels by their keys. */
  distinctKernels(): Map<string, Kernel> {
    return new Map(this.#kernels);
  }

  /** Names of the networks, sorted. */
  models(): string[] {
    return [...this.#models.keys()].sort();
  }

  kernelsOf(model: string): CollectedKernel[] | undefined {
    const entries = this.#models.get(model);
    return (
      entries &&
      [...entries].map(([key, { count, times }]) => ({
        key,
        count,
        us: times.count > 0 ? times.medianUs() : undefined,
      }))
    );
  }

  /** How many kernels have times that differ by more than a factor within one network or between two. */
  oddities(factor: number): { readonly spread: number } {
    const range = new Map<string, { least: number; most: number }>();
    for (const entries of this.#models.values()) {
      for (const [key, { times }] of entries) {
        if (times.count === 0) continue;
        const known = range.get(key) ?? { least: Number.POSITIVE_INFINITY, most: 0 };
        known.least = Math.min(known.least, times.leastUs);
        known.most = Math.max(known.most, times.mostUs);
        range.set(key, known);
      }
    }
    return { spread: [...range.values()].filter(({ least, most }) => most > factor * least).length };
  }
}
