/**
 * The only source of randomness: seedrandom's ARC4 streams, passed in by the caller. A stream can be
 * saved and restored to the bit, and forked by a label, so that one consumer's draws never shift
 * another's.
 */
import seedrandom from 'seedrandom';

/** A saved stream; plain JSON. */
export interface RandomState {
  readonly seed: string;
  readonly state: { i: number; j: number; S: number[] };
}

/** A deterministic stream of random numbers. */
export interface Random {
  /** A number in [0, 1) with 53 random bits. */
  next(): number;
  /** An integer in [0, n). */
  int(n: number): number;
  /** A standard normal: Box-Muller, two uniforms a call and none kept back, so that a state is a state. */
  normal(): number;
  /** One element, uniformly. Throws `InternalError` on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** Shuffles in place (Fisher-Yates) and returns the same list. */
  shuffle<T extends { length: number; [i: number]: unknown }>(items: T): T;
  /** A new stream that depends on this stream's seed and the label, not on what was drawn so far. */
  fork(label: string | number): Random;
  /** The state from which `createRandom` continues bit for bit. */
  save(): RandomState;
}

/** A stream from a seed, or from a saved state. */
export function createRandom(from: string | number | RandomState): Random {
  const saved = typeof from === 'object' ? from : undefined;
  const seed = typeof from === 'object' ? from.seed : String(from);
  const generator = saved
    ? seedrandom('', { state: saved.state })
    : seedrandom(seed, { state: true as const });
  const next = () => generator.double();
  const int = (n: number) => Math.floor(generator.double() * n);
  return {
    next,
    int,
    normal() {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return radius * Math.cos(2 * Math.PI * next());
    },
    pick<T>(items: readonly T[]): T {
      return items[int(items.length)] as T;
    },
    shuffle(items) {
      const list = items as { length: number; [i: number]: unknown };
      for (let i = list.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const kept = list[i];
        list[i] = list[j];
        list[j] = kept;
      }
      return items;
    },
    fork: (label) => createRandom(`${seed}/${label}`),
    save: () => ({ seed, state: structuredClone(generator.state()) }),
  };
}
