/** A network's operations with where their maps live, and what each takes: the second pass over the graph. */
import { type Cascade, cascadesOf, inputRows, overwritten } from './cascade.js';
import { type Place, type Places, trafficOf } from './cycles.js';
import { divideUp, type NpuMachine, roundUp } from './machine.js';
import { createShapeMemo, type OperationShape, type ShapeOf } from './memo.js';
import { type Box, mapBytes, type NpuMap, type NpuOperation, type NpuProgram, values } from './operation.js';
import { type Life, placeLives } from './place.js';

export interface ScheduledOperation {
  readonly operation: NpuOperation;
  /** The largest of the next three: of the units, and of either memory. */
  readonly cycles: number;
  readonly compute: number;
  readonly fast: number;
  readonly slow: number;
  readonly inputFast: boolean;
  readonly outputFast: boolean;
  readonly cascaded: boolean;
}

/** How the weights of an operation reach the multipliers. */
interface Fetch {
  /** Bytes taken of the fast memory; 0: they are read where they are stored. */
  readonly bytes: number;
  /** Cycles of all weights, of the first part, and of the computation after the last one. */
  readonly all: number;
  readonly first: number;
  readonly tail: number;
  readonly isDouble: boolean;
}

export function schedule(
  program: NpuProgram,
  machine: NpuMachine,
  shapeOf: ShapeOf = createShapeMemo(machine),
): ScheduledOperation[] {
  const { maps, operations } = program;
  const spills = Number.isFinite(machine.fastBytes);
  const cascades = spills ? cascadesOf(program, machine.fastBytes) : [];
  const cascadeAt = new Map<number, Cascade>();
  for (const cascade of cascades)
    for (let i = cascade.first; i <= cascade.last; i++) cascadeAt.set(i, cascade);
  const shapes = operations.map((operation, at) => {
    const input = inputBox(operation);
    const output = maps[operation.output] as NpuMap;
    const rows = cascadeAt.get(at)?.rows.get(at);
    if (rows === undefined || rows >= output.height) return shapeOf(operation, input, output);
    const { width, channels } = output;
    const taken = { ...input, height: inputRows(operation, rows, input.height) };
    return shapeOf(operation, taken, { height: rows, width, channels });
  });
  const place = (map: number, isFast: boolean): Place => ({
    memory: isFast ? machine.fast : machine.slow,
    linear: (maps[map] as NpuMap).linear,
  });
  const placesOf = (at: number, isFast: (map: number) => boolean, weights: Places['weights']): Places => {
    const { input, second, output } = operations[at] as NpuOperation;
    return {
      input: place(input, isFast(input)),
      second: second === undefined ? undefined : place(second, isFast(second)),
      output: place(output, isFast(output)),
      weights,
    };
  };
  /** As the compiler sees it while it plans: all maps where they are by default. */
  const planned = (at: number) => placesOf(at, () => !spills, machine.fast);
  const times = timesOf(operations.length, cascades);
  const rolling = new Array<number>(2 * operations.length + 2).fill(0);
  for (const { first, bytes } of cascades) {
    const t = times[first] as number;
    for (const u of [t, t + 1]) rolling[u] = (rolling[u] as number) + bytes;
  }
  const fetches = planWeights();
  const fast = spills ? placeMaps() : maps.map(() => true);
  let slack = 0;
  return operations.map((operation, at) => {
    const fetch = fetches[at] as Fetch;
    const isBuffered = fetch.bytes > 0;
    const places = placesOf(at, (map) => fast[map] as boolean, isBuffered ? machine.fast : machine.slow);
    const shape = shapes[at] as OperationShape;
    const { compute: own, fast: onChip, slow: offChip } = shape.cycles(places);
    let [compute, slow] = [own, offChip];
    if (isBuffered) {
      compute = fetch.isDouble
        ? Math.max(fetch.all - slack + fetch.tail, own + Math.max(fetch.first - slack, 0))
        : own +
          (cascadeAt.has(at) ? -Math.min(fetch.first, slack) : fetch.all - Math.min(fetch.first, slack));
    } else {
      slow += directCycles(operation, shape);
    }
    slack = fetch.tail;
    // The CPU reads and writes each value off the chip.
    if (operation.onCpu) [compute, slow] = [0, (2 * values(operation.write)) / machine.slow.bytesPerCycle];
    const cycles = Math.max(compute, operation.onCpu ? 0 : onChip, slow);
    return {
      operation,
      cycles,
      compute,
      fast: onChip,
      slow,
      inputFast: fast[operation.input] as boolean,
      outputFast: fast[operation.output] as boolean,
      cascaded: cascadeAt.has(at),
    };
  });

  /** The whole map where channels are read in parts; what is read where an image is folded, or averaged in pieces. */
  function inputBox({ input, read, part }: NpuOperation): Box {
    return part ? (maps[input] as NpuMap) : read;
  }

  /** Cycles of weights that are read where they are stored, once for each row of blocks. */
  function directCycles({ write }: NpuOperation, { block, weightBytes: bytes }: OperationShape): number {
    const again =
      divideUp(write.height, Math.min(write.height, block.output.height)) *
      divideUp(write.width, Math.min(write.width, block.output.width));
    return (bytes * again) / machine.slow.bytesPerCycle;
  }

  /** Weights are fetched into the fast memory while the operation before runs; in two halves where they are many. */
  function planWeights(): Fetch[] {
    let before = 0;
    return operations.map((operation, at) => {
      const shape = shapes[at] as OperationShape;
      const { block, weightBytes: bytes } = shape;
      const own = shape.cycles(planned(at)).compute;
      const none: Fetch = { bytes: 0, all: 0, first: 0, tail: own, isDouble: false };
      const slackBefore = before;
      before = own;
      if (bytes === 0 || operation.kind === 'product') return none;
      const limit = machine.fastBytes - (rolling[times[at] as number] as number);
      const cyclesOf = (n: number) => n / machine.slow.bytesPerCycle;
      const latency = machine.slow.readLatency;
      const all = cyclesOf(bytes) + latency;
      // A cascade holds its weights as long as it runs.
      if (cascadeAt.has(at)) return { ...none, bytes, all, first: all };
      const standard = bytes <= limit ? { ...none, bytes, all, first: all } : none;
      const half = limit / 2;
      const share = Math.min(1, slackBefore / all, half / bytes);
      if (share >= 1) return standard;
      const { channels } = operation.write;
      const cyclesFor = (n: number) => shape.partCycles(n, planned(at));
      const early = Math.min(channels, Math.max(16, Math.floor((channels * share) / 16) * 16));
      let later = roundUp(channels * (cyclesFor(early) / all), block.output.channels);
      if ((later / channels) * bytes > half) later = (half / bytes) * channels;
      later = Math.max(
        16,
        later > block.output.channels
          ? Math.floor(later / block.output.channels) * block.output.channels
          : Math.floor(later / 16) * 16,
      );
      if (early >= channels) return standard;
      const last = (channels - early) % later || Math.min(later, channels - early);
      const tail = cyclesFor(last);
      before = tail;
      const buffers = (bytes * Math.min(channels, early + later)) / channels;
      if (buffers > limit) return { ...none, tail: own };
      return {
        bytes: buffers,
        all,
        first: cyclesOf((bytes * early) / channels) + latency,
        tail,
        isDouble: true,
      };
    });
  }

  function placeMaps(): boolean[] {
    const used = [...rolling];
    fetches.forEach(({ bytes }, at) => {
      const t = times[at] as number;
      if (cascadeAt.has(at)) return;
      for (const u of [t, t + 1]) used[u] = (used[u] as number) + bytes;
    });
    /** Maps that an operation writes over are one with what it writes. */
    const owner = maps.map((_, id) => id);
    operations.forEach((operation, at) => {
      const over = cascadeAt.has(at) ? undefined : overwritten(program, operation);
      if (over !== undefined && movable(over) && movable(operation.output))
        owner[operation.output] = owner[over] as number;
    });
    const lives = new Map<number, Life>();
    operations.forEach((operation, at) => {
      const t = times[at] as number;
      const traffic = trafficOf(operation, (shapes[at] as OperationShape).block, planned(at));
      const touch = (map: number, accesses: number) => {
        if (!movable(map)) return;
        const own = owner[map] as number;
        const life = lives.get(own) ?? {
          from: t,
          to: t + 1,
          bytes: mapBytes(maps[own] as NpuMap),
          accesses: 0,
        };
        // What competes is judged by its first map.
        const more = own === map ? accesses : 0;
        lives.set(own, { ...life, to: Math.max(life.to, t + 1), accesses: life.accesses + more });
      };
      touch(operation.input, traffic.input);
      if (operation.second !== undefined) touch(operation.second, traffic.second);
      touch(operation.output, writtenValues(operation));
    });
    const ids = [...lives.keys()];
    const kept = placeLives([...lives.values()], used, machine.fastBytes);
    const inFast = new Set(ids.filter((_, i) => kept[i]));
    const inCascade = (map: number) => {
      const { writers, readers } = maps[map] as NpuMap;
      const cascade = cascadeAt.get(writers[0] ?? -1);
      return cascade !== undefined && readers.length === 1 && cascadeAt.get(readers[0] as number) === cascade;
    };
    return maps.map((_, id) => inCascade(id) || (movable(id) && inFast.has(owner[id] as number)));
  }

  /** The compiler counts the whole map for each part of a concatenation. */
  function writtenValues({ output, write }: NpuOperation): number {
    const { channels, linear } = maps[output] as NpuMap;
    return write.height * write.width * (linear ? channels : roundUp(channels, 16));
  }

  /** Outputs of operations that do not run in stripes may live in the fast memory. */
  function movable(map: number): boolean {
    const { writers, readers, external } = maps[map] as NpuMap;
    return !external && readers.length > 0 && writers.length > 0 && writers.every((at) => !cascadeAt.has(at));
  }
}

/** When each operation runs: those of a cascade at the same time. */
function timesOf(count: number, cascades: readonly Cascade[]): number[] {
  const times: number[] = [];
  let now = 0;
  let next = 0;
  for (let at = 0; at < count; at++) {
    const cascade = cascades[next];
    times.push(now);
    if (cascade && at >= cascade.first && at < cascade.last) continue;
    if (cascade && at === cascade.last) next++;
    now += 2;
  }
  return times;
}
