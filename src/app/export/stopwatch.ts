/** How long the phases of an export take. */

/**
 * What the time of one file goes to: `data` is the images, `lower` makes the graph, `quantize` its integers, `compare` the logits and the error
 * of each layer by which integers are chosen and reported, `fineTune` trains on in integers, `encode` makes bytes, `check`
 * runs them, and `write` is the disk.
 */
export type FilePhase = 'data' | 'lower' | 'quantize' | 'compare' | 'fineTune' | 'encode' | 'check' | 'write';

/** Of the whole export: `read` weights, or draw them, load the `data`, and start the `runtime` that checks. */
export type ExportPhase = 'read' | 'data' | 'runtime';

export interface Stopwatch<Phase extends string> {
  /** Runs `work` and adds what it took to its phase, also where it fails. */
  time<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
  timeSync<T>(phase: Phase, work: () => T): T;
  /** Each phase that there was, to the millisecond. */
  seconds(): Readonly<Partial<Record<Phase, number>>>;
}

export function createStopwatch<Phase extends string>(): Stopwatch<Phase> {
  const taken: Partial<Record<Phase, number>> = {};
  const start = (phase: Phase) => {
    const begin = performance.now();
    return () => {
      taken[phase] = (taken[phase] ?? 0) + (performance.now() - begin) / 1000;
    };
  };
  return {
    async time(phase, work) {
      const stop = start(phase);
      try {
        return await work();
      } finally {
        stop();
      }
    },
    timeSync(phase, work) {
      const stop = start(phase);
      try {
        return work();
      } finally {
        stop();
      }
    },
    seconds() {
      const rounded = Object.entries<number | undefined>(taken).map(([phase, value = 0]) => [
        phase,
        Math.round(1000 * value) / 1000,
      ]);
      return Object.fromEntries(rounded) as Partial<Record<Phase, number>>;
    },
  };
}
