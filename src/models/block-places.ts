/**
 * Blocks where they stand. Bred architectures share most of their blocks, and what a block costs depends on nothing
 * but itself and its input. So whoever prices thousands of architectures remembers costs by *place*: a block
 * object with the size and the channels of its input. Several who price the same architectures, one a device and
 * one for MACs, share the places, so that an architecture is walked once for all of them.
 */
import type { Architecture } from './architecture.js';
import { type Block, type MixBlock, outChannels } from './blocks/index.js';
import { type Lesson, mixLesson, PartIndex, type PartNumbers, wholeLesson } from './block-parts.js';
import type { LowerOptions } from './lower.js';

/** Something that things are remembered of. */
interface Known {
  /** What is known of it, by who knows it. */
  readonly known: unknown[];
}

export interface BlockPlace extends Known {
  readonly block: Block;
  /** Height and width of its input in pixels. */
  readonly size: number;
  /** Channels of its input. */
  readonly channels: number;
  /** The numbers of its parts, of a mixed block. */
  readonly parts: PartNumbers | undefined;
}

/** Stem and head, with the architecture that they were first met in. */
export interface EndsPlace extends Known {
  readonly architecture: Architecture;
  readonly at: At;
}

export interface Places {
  readonly blocks: readonly BlockPlace[];
  readonly ends: EndsPlace;
}

type At = Omit<LowerOptions, 'groups'>;

export interface BlockPlaces {
  /** The places of an architecture. */
  of(architecture: Architecture, at: At): Places;
  /** @returns what `learn` says of a place, which is asked once. */
  remember<P extends Known, T extends object>(learn: (place: P) => T): (place: P) => T;
  /**
   * What a block is learnt from: the whole of it, or of a mixed block the mixed convolution alone. Made once for all who ask
   * of the same architecture, one after the other.
   * @throws MixnasError as lowering the block does.
   */
  lesson(place: BlockPlace, mixed: boolean): Lesson;
}

/** Below this number of channels, which no network comes near, size and channels make one number. */
const channelRange = 2 ** 20;

export function createBlockPlaces(): BlockPlaces {
  const byBlock = new WeakMap<Block, Map<number, BlockPlace>>();
  const byEnds = new Map<string, EndsPlace>();
  let last: { architecture: Architecture; resolution: number; classes: number; places: Places } | undefined;
  const index = new PartIndex();
  /** Of the present architecture. */
  const lessons = [new Map<BlockPlace, Lesson>(), new Map<BlockPlace, Lesson>()] as const;
  let knowers = 0;

  function placeOf(block: Block, size: number, channels: number): BlockPlace {
    let places = byBlock.get(block);
    if (places === undefined) byBlock.set(block, (places = new Map()));
    const key = size * channelRange + channels;
    let place = places.get(key);
    if (place === undefined) {
      const parts = block.op === 'inverted-residual' ? index.of(block, size, channels) : undefined;
      places.set(key, (place = { block, size, channels, parts, known: [] }));
    }
    return place;
  }

  function walk(architecture: Architecture, at: At, resolution: number, classes: number): Places {
    const { stem, blocks, head, inputChannels } = architecture;
    let size = Math.ceil(resolution / stem.stride);
    let channels = stem.out;
    const places: BlockPlace[] = [];
    for (const block of blocks) {
      places.push(placeOf(block, size, channels));
      size = Math.ceil(size / block.stride);
      channels = outChannels(block, channels);
    }
    const { out, kernel, stride, activation } = stem;
    const hidden = head.hidden ? JSON.stringify(head.hidden) : '';
    const key = `${resolution} ${classes} ${inputChannels} ${out} ${kernel} ${stride} ${activation} ${size} ${channels} ${head.out} ${head.activation} ${hidden}`;
    let ends = byEnds.get(key);
    if (ends === undefined) byEnds.set(key, (ends = { architecture, at, known: [] }));
    return { blocks: places, ends };
  }

  return {
    of(architecture, at) {
      const { resolution = architecture.resolution, classes = architecture.classes } = at;
      if (last?.architecture !== architecture || last.resolution !== resolution || last.classes !== classes) {
        for (const list of lessons) list.clear();
        last = { architecture, resolution, classes, places: walk(architecture, at, resolution, classes) };
      }
      return last.places;
    },
    remember<P extends Known, T extends object>(learn: (place: P) => T) {
      const who = knowers++;
      return (place: P) => {
        let known = place.known[who] as T | undefined;
        if (known === undefined) place.known[who] = known = learn(place);
        return known;
      };
    },
    lesson(place, mixed) {
      const list = lessons[mixed ? 1 : 0];
      let lesson = list.get(place);
      if (lesson === undefined) {
        const { block, size, channels } = place;
        lesson = mixed ? mixLesson(block as MixBlock, size, channels) : wholeLesson(block, size, channels);
        list.set(place, lesson);
      }
      return lesson;
    },
  };
}
