/** Where the maps and weights of an operation are, as one number: a search asks it for every operation. */
import type { Place, Places } from './cycles.js';
import type { NpuMachine } from './machine.js';
import type { NpuMap } from './operation.js';

/** Codes are below it. */
export const placesCodes = 1024;

/** 0 is for no map. */
export function placeCode({ linear }: NpuMap, isFast: boolean): number {
  return 1 + (isFast ? 1 : 0) + (linear ? 2 : 0);
}

/** @param input one of `placeCode`; so with the next two. */
export function placesCode(input: number, second: number, output: number, fastWeights: boolean): number {
  return ((input * 8 + second) * 8 + output) * 2 + (fastWeights ? 1 : 0);
}

function placeOf(code: number, { fast, slow }: NpuMachine): Place {
  return { memory: ((code - 1) & 1) === 1 ? fast : slow, linear: ((code - 1) & 2) === 2 };
}

/** What a code stands for. */
export function placesOf(code: number, machine: NpuMachine): Places {
  const second = (code >> 4) & 7;
  return {
    input: placeOf(code >> 7, machine),
    second: second === 0 ? undefined : placeOf(second, machine),
    output: placeOf((code >> 1) & 7, machine),
    weights: (code & 1) === 1 ? machine.fast : machine.slow,
  };
}
