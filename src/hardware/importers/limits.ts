/** How much of a file is kept in memory at most; what has more is not a list of networks. */
import { MixnasError } from '../../base/index.js';

export interface Limits {
  readonly networks: number;
  /** Kernels of all networks together. */
  readonly launches: number;
}

const usual: Limits = { networks: 100_000, launches: 1_000_000 };

/** Counts what is kept of a file, and refuses it when that is too much. */
export class Keeping {
  #networks = 0;
  #launches = 0;

  constructor(
    private readonly what: string,
    private readonly limits: Limits = usual,
  ) {}

  /** @throws MixnasError `bad-data` when there are too many. */
  network(): void {
    if (++this.#networks > this.limits.networks) throw this.#error('networks', this.limits.networks);
  }

  /** @throws MixnasError `bad-data` when there are too many. */
  launch(): void {
    if (++this.#launches > this.limits.launches) throw this.#error('kernels', this.limits.launches);
  }

  #error(things: string, most: number): MixnasError {
    const sentence = `${this.what}: more than ${most.toLocaleString('en')} ${things}.`;
    return new MixnasError('bad-data', sentence, {
      remedy: 'List each kernel of a network once for each time that it runs, and each network by one name.',
    });
  }
}
