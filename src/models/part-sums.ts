/** What blocks take, from what their parts take: two numbers a part, learnt once each. */
import type { BlockPlace, BlockPlaces } from './block-places.js';
import { type Lesson, type PartNumbers, slots } from './block-parts.js';

/** Adds the two numbers of each op of a lesson to the places of its slot. */
export type LearnParts = (lesson: Lesson, first: Float64Array, second: Float64Array) => void;

/** Whether a slot is of the mixed convolution, which is learnt alone. */
const isMix = (slot: number) => slot === slots.join || slot >= slots.groups;

/** A list of numbers that are not known yet, at least as long as `length`. */
function grown(old: Float64Array, length: number): Float64Array {
  const list = new Float64Array(Math.max(length, 2 * old.length, 1024)).fill(Number.NaN);
  list.set(old);
  return list;
}

/** Remembers by the numbers of parts; `first` and `second` are those of the block that was asked for last. */
export class PartSums {
  first = 0;
  second = 0;
  #firsts = grown(new Float64Array(0), 0);
  #seconds = grown(new Float64Array(0), 0);

  constructor(
    private readonly places: BlockPlaces,
    private readonly learn: LearnParts,
  ) {}

  /** @throws MixnasError as lowering the block does. */
  ask(place: BlockPlace, numbers: PartNumbers): void {
    this.#add(numbers);
    // Not a number: a part is not known.
    if (this.first === this.first) return;
    this.#learnOf(place, numbers);
    this.#add(numbers);
  }

  /** Always in the same order: a sum does not depend on what was known before, to the last bit. */
  #add(numbers: PartNumbers): void {
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    const join = numbers[slots.join] as number;
    let mixFirst = firsts[join] as number;
    let mixSecond = seconds[join] as number;
    for (let slot: number = slots.groups; slot < numbers.length; slot++) {
      const group = numbers[slot] as number;
      mixFirst += firsts[group] as number;
      mixSecond += seconds[group] as number;
    }
    const expand = numbers[slots.expand] as number;
    let first = mixFirst;
    let second = mixSecond;
    if (expand >= 0) {
      first += firsts[expand] as number;
      second += seconds[expand] as number;
    }
    for (let slot: number = slots.gate; slot <= slots.project; slot++) {
      const part = numbers[slot] as number;
      if (part < 0) continue;
      first += firsts[part] as number;
      second += seconds[part] as number;
    }
    this.first = first;
    this.second = second;
  }

  #learnOf(place: BlockPlace, numbers: PartNumbers): void {
    const most = Math.max(...numbers);
    if (most >= this.#firsts.length) {
      this.#firsts = grown(this.#firsts, most + 1);
      this.#seconds = grown(this.#seconds, most + 1);
    }
    const unknown = [...numbers.keys()].filter((slot) => {
      const number = numbers[slot] as number;
      return number >= 0 && Number.isNaN(this.#firsts[number]);
    });
    for (const mixed of [false, true]) {
      const wanted = unknown.filter((slot) => isMix(slot) === mixed);
      if (wanted.length === 0) continue;
      const first = new Float64Array(numbers.length);
      const second = new Float64Array(numbers.length);
      this.learn(this.places.lesson(place, mixed), first, second);
      for (const slot of wanted) {
        this.#firsts[numbers[slot] as number] = first[slot] as number;
        this.#seconds[numbers[slot] as number] = second[slot] as number;
      }
    }
  }
}
