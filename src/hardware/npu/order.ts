/** How maps are laid out, and in which order operations run. */
import { brickChannels } from './machine.js';
import type { NpuMap, NpuOperation, NpuProgram } from './operation.js';

/**
 * Lays out maps: those with a part between bricks pixel by pixel, and what is written over them as they are.
 * @param unaligned maps of which a part begins between bricks.
 */
export function layOutMaps(
  maps: readonly NpuMap[],
  operations: readonly NpuOperation[],
  unaligned: ReadonlySet<number>,
): void {
  for (const map of unaligned) (maps[map] as NpuMap).linear = true;
  for (const { kind, input, second, output: written } of operations) {
    const output = maps[written] as NpuMap;
    if (output.external) output.linear = true;
    if (kind !== 'elementwise' || output.channels % brickChannels === 0) continue;
    if (isWrittenOver(maps[input], output) || (second !== undefined && isWrittenOver(maps[second], output)))
      output.linear = true;
  }
}

/** Element-wise operations follow a linear map that they could write over. */
function isWrittenOver(map: NpuMap | undefined, { height, channels }: NpuMap): boolean {
  return map !== undefined && map.linear && map.height === height && map.channels === channels;
}

/**
 * The operations in the order in which the compiler runs them: each right before the first that needs it, so that a part
 * of a concatenation is copied before the next part is computed. What nothing needs is left out.
 * @param maps their readers and writers are renumbered.
 * @param last the map that the network ends with.
 */
export function inDepth(
  maps: readonly NpuMap[],
  operations: readonly NpuOperation[],
  last: number | undefined,
): NpuProgram {
  const place = new Int32Array(operations.length).fill(-1);
  const seen = new Uint8Array(operations.length);
  const order: NpuOperation[] = [];
  const visit = (map: number | undefined): void => {
    if (map === undefined) return;
    const { writers } = maps[map] as NpuMap;
    for (let i = 0; i < writers.length; i++) {
      const at = writers[i] as number;
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const operation = operations[at] as NpuOperation;
      visit(operation.input);
      visit(operation.second);
      place[at] = order.push(operation) - 1;
    }
  };
  visit(last);
  for (const { writers, readers } of maps) {
    renumber(writers, place);
    renumber(readers, place);
  }
  return { operations: order, maps };
}

/** Replaces places by those of the order, ascending; drops those that are not in it. */
function renumber(list: number[], place: Int32Array): void {
  let kept = 0;
  let sorted = true;
  for (let i = 0; i < list.length; i++) {
    const now = place[list[i] as number] as number;
    if (now < 0) continue;
    if (kept > 0 && now < (list[kept - 1] as number)) sorted = false;
    list[kept++] = now;
  }
  if (kept < list.length) list.length = kept;
  if (!sorted) list.sort((a, b) => a - b);
}
