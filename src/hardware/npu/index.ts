/**
 * What a network takes on an NPU whose compiler plans its memory: a second pass over the graph, which asks where each map
 * lives, how it is laid out and what runs in stripes. Read machine.ts, operation.ts and compile.ts, then schedule.ts;
 * block.ts and cycles.ts are the price of one operation, cascade.ts, place.ts and weights.ts what the compiler decides.
 *
 * It follows Arm's Vela 3.10, whose own performance estimate is the measure of it (see docs/hardware.md): no figure is fitted to a
 * network.
 */
export { type NpuName, npuMachines } from './machine.js';
export type { ExplainedOperation, MapPlace } from './explain.js';
export type { NpuOperation } from './operation.js';
export { createNpuPricer } from './pricer.js';
