/**
 * The Ethos-U machines: how wide their memories are, how far away, and what their units do in a cycle. Figures are those
 * that Arm publishes with its Vela compiler (Apache-2.0), for the memory modes named below.
 */

export interface NpuMemory {
  readonly bytesPerCycle: number;
  /** What one access moves at least. */
  readonly burstBytes: number;
  /** Cycles before the first byte. */
  readonly readLatency: number;
  readonly writeLatency: number;
}

export interface NpuMachine {
  readonly cyclesPerUs: number;
  /** On the chip. */
  readonly fast: NpuMemory;
  /** Off the chip: DRAM, or flash that only holds weights. */
  readonly slow: NpuMemory;
  /** Bytes of fast memory; what does not fit lives in the slow one. Infinite: all fits. */
  readonly fastBytes: number;
}

const sram = { burstBytes: 32, readLatency: 32, writeLatency: 32 } as const;

export const npuMachines = {
  /** 1 GHz, dedicated SRAM of 384 KiB as a cache, DRAM of 3.75 GB/s: also what NXP's i.MX93 is compiled for. */
  'ethos-u65-256': {
    cyclesPerUs: 1000,
    fast: { ...sram, bytesPerCycle: 16 },
    slow: { bytesPerCycle: 3.75, burstBytes: 128, readLatency: 500, writeLatency: 250 },
    fastBytes: 384 * 1024,
  },
  /** 500 MHz, shared SRAM that holds all maps, flash of 0.5 GB/s for weights. */
  'ethos-u55-256': {
    cyclesPerUs: 500,
    fast: { ...sram, bytesPerCycle: 8 },
    slow: { bytesPerCycle: 1, burstBytes: 128, readLatency: 64, writeLatency: 64 },
    fastBytes: Number.POSITIVE_INFINITY,
  },
} as const satisfies Record<string, NpuMachine>;

export type NpuName = keyof typeof npuMachines;

/** Channels that lie side by side in memory; a map whose parts begin between them is laid out pixel by pixel. */
export const brickChannels = 16;
/** The window that the multipliers take at once; a larger one is read again for each part of it. */
export const mostWindow = 8;
/** The smallest piece of an output: 2x2 pixels of 8 channels. */
export const unitHeight = 2;
export const unitWidth = 2;
export const unitChannels = 8;

/** Cycles for one output value: of a multiplication, an addition, anything else; and of what is applied to it. */
export const outputCycles = { multiply: 0.375, add: 0.75, other: 0.25 } as const;
export const activationCycles = { none: 0, relu: 0.25, table: 1 } as const;

export const divideUp = (a: number, b: number): number => Math.ceil(a / b);
export const roundUp = (a: number, b: number): number => Math.ceil(a / b) * b;
