/** Which maps stay on the chip: those of cascades, and of the others those that are read and written most. */
import { overwritten } from './cascade.js';
import type { Fetch } from './fetch.js';
import { roundUp } from './machine.js';
import type { OperationShape } from './memo.js';
import { mapBytes, type NpuMap, type NpuOperation } from './operation.js';
import type { Plan } from './plan.js';
import { placeLives } from './place.js';

interface OpenLife {
  readonly from: number;
  to: number;
  readonly bytes: number;
  accesses: number;
}

/** Of each map whether it lives in the fast memory. */
export function stayingMaps(plan: Plan, fetches: readonly Fetch[]): boolean[] {
  const { program, machine, cascadeAt, times } = plan;
  const { maps, operations } = program;
  const movable = maps.map((map) => isMovable(plan, map));
  const owner = owners(plan, movable);
  const lives: OpenLife[] = [];
  /** Place of each owner among the lives. */
  const lifeAt = new Int32Array(maps.length).fill(-1);
  operations.forEach((operation, at) => {
    const t = times[at] as number;
    const traffic = (plan.shapes[at] as OperationShape).traffic(plan.planned[at] as number);
    touch(operation.input, traffic.input, t);
    if (operation.second !== undefined) touch(operation.second, traffic.second, t);
    touch(operation.output, writtenValues(operation), t);
  });
  const kept = placeLives(lives, bytesUsed(plan, fetches), machine.fastBytes);
  return maps.map((map, id) => {
    if (isWithinCascade(map)) return true;
    return movable[id] === true && kept[lifeAt[owner[id] as number] as number] === true;
  });

  function touch(map: number, accesses: number, t: number): void {
    if (movable[map] !== true) return;
    const own = owner[map] as number;
    let index = lifeAt[own] as number;
    if (index < 0) {
      const bytes = mapBytes(maps[own] as NpuMap);
      lifeAt[own] = index = lives.push({ from: t, to: t + 1, bytes, accesses: 0 }) - 1;
    }
    const life = lives[index] as OpenLife;
    life.to = Math.max(life.to, t + 1);
    // What competes is judged by its first map.
    if (own === map) life.accesses += accesses;
  }

  function isWithinCascade({ writers, readers }: NpuMap): boolean {
    const cascade = cascadeAt[writers[0] ?? -1];
    return cascade !== undefined && readers.length === 1 && cascadeAt[readers[0] as number] === cascade;
  }

  /** The compiler counts the whole map for each part of a concatenation. */
  function writtenValues({ output, write }: NpuOperation): number {
    const { channels, linear } = maps[output] as NpuMap;
    return write.height * write.width * (linear ? channels : roundUp(channels, 16));
  }
}

/** Outputs of operations that do not run in stripes may live in the fast memory. */
function isMovable({ cascadeAt }: Plan, { writers, readers, external }: NpuMap): boolean {
  if (external || readers.length === 0 || writers.length === 0) return false;
  for (const at of writers) if (cascadeAt[at] !== undefined) return false;
  return true;
}

/** Of each map the one that it is one with: maps that an operation writes over are one with what it writes. */
function owners({ program, cascadeAt }: Plan, movable: readonly boolean[]): number[] {
  const owner = program.maps.map((_, id) => id);
  program.operations.forEach((operation, at) => {
    const over = cascadeAt[at] !== undefined ? undefined : overwritten(program, operation);
    if (over !== undefined && movable[over] === true && movable[operation.output] === true)
      owner[operation.output] = owner[over] as number;
  });
  return owner;
}

/** Bytes that cascades and weights take at each moment. */
function bytesUsed({ rolling, times, cascadeAt }: Plan, fetches: readonly Fetch[]): number[] {
  const used = [...rolling];
  fetches.forEach(({ bytes }, at) => {
    const t = times[at] as number;
    if (cascadeAt[at] !== undefined) return;
    for (const u of [t, t + 1]) used[u] = (used[u] as number) + bytes;
  });
  return used;
}
