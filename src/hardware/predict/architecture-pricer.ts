/** Latency of architectures that are not lowered as a whole: the sum of parts that were seen before. */
import {
  type Architecture,
  type BlockPlace,
  type BlockPlaces,
  type EndsPlace,
  type LayerGraph,
  type Lesson,
  lower,
  type LowerOptions,
  PartSums,
  slots,
} from '../../models/index.js';
import { networkUs } from './overhead.js';
import type { Profile } from '../profile/index.js';

/** What a part of a network keeps the device busy for, plain and times the factors of its classes. */
export interface Busy {
  sumUs: number;
  scaledUs: number;
}

/** How a profile prices what is not known yet. */
export interface BusyTimes {
  /** Adds both times of each op to the places of its slot. */
  learnParts(lesson: Lesson, sums: Float64Array, scaled: Float64Array): void;
  /** Of what is around a graph's blocks. */
  endsBusy(graph: LayerGraph): Busy;
}

/** The order in which the parts of a block are added that is remembered as a whole; groups count as one. */
const partOrder = [slots.expand, slots.groups, slots.join, slots.gate, slots.se, slots.project];

/** What a whole block takes. */
function wholeBusy({ graph, slots: slotOf }: Lesson, { learnParts }: BusyTimes): Busy {
  const sums = new Float64Array(partOrder.length);
  const scaled = new Float64Array(partOrder.length);
  learnParts({ graph, slots: slotOf.map((slot) => Math.min(slot, slots.groups)) }, sums, scaled);
  const busy = { sumUs: 0, scaledUs: 0 };
  for (const slot of partOrder) {
    busy.sumUs += sums[slot] as number;
    busy.scaledUs += scaled[slot] as number;
  }
  return busy;
}

/**
 * Device kernels are never merged across the border of two parts, so what the parts take adds up.
 * @param places where busy times are remembered.
 * @returns milliseconds of an architecture; see `Predictor.latencyOf`.
 */
export function createArchitecturePricer(
  profile: Profile,
  times: BusyTimes,
  places: BlockPlaces,
): (architecture: Architecture, at?: LowerOptions) => number {
  const parts = new PartSums(places, times.learnParts);
  const blockBusy = places.remember((place: BlockPlace) => wholeBusy(places.lesson(place, false), times));
  const endsBusy = places.remember(({ architecture, at }: EndsPlace) =>
    times.endsBusy(lower(architecture, at)),
  );
  return (architecture, at = {}) => {
    const { blocks, ends } = places.of(architecture, at);
    let { sumUs, scaledUs } = endsBusy(ends);
    for (const place of blocks) {
      if (place.parts !== undefined) {
        parts.ask(place, place.parts);
        sumUs += parts.first;
        scaledUs += parts.second;
        continue;
      }
      const busy = blockBusy(place);
      sumUs += busy.sumUs;
      scaledUs += busy.scaledUs;
    }
    return networkUs(profile.overhead, sumUs, scaledUs) / 1000;
  };
}
