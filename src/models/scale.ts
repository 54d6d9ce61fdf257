/** Large-image networks on small images. */
import type { Architecture } from './architecture.js';
import { sameSize } from './builder.js';

/** The smallest last feature map, in pixels a side, that still holds positions for a convolution. */
const smallestMap = 4;

/** Height and width of the last feature map. */
function lastMap(architecture: Architecture): number {
  const strides = [architecture.stem, ...architecture.blocks].map((layer) => layer.stride);
  return strides.reduce<number>(sameSize, architecture.resolution);
}

/** The same network with its first stride of 2 taken out; undefined when it has none. */
function dropFirstStride(architecture: Architecture): Architecture | undefined {
  const { stem, blocks } = architecture;
  if (stem.stride === 2) return { ...architecture, stem: { ...stem, stride: 1 } };
  const first = blocks.findIndex((block) => block.stride === 2);
  if (first < 0) return undefined;
  return {
    ...architecture,
    blocks: blocks.map((b, i) => (i === first ? { ...b, stride: 1 } : b)),
  };
}

/**
 * A network made for larger images in a form that suits `resolution`: as many of its first strides become
 * 1 as it takes to leave a last feature map of 4x4 or more (or of what it had). Everything else, and so
 * every weight but the classifier's, stays as it was.
 */
export function scaleTo(
  architecture: Architecture,
  at: { readonly resolution: number; readonly classes: number },
): Architecture {
  const wanted = Math.min(smallestMap, lastMap(architecture), at.resolution);
  const { name } = architecture;
  let scaled: Architecture = { ...architecture, ...at, ...(name && { name: `${name}@${at.resolution}` }) };
  while (lastMap(scaled) < wanted) {
    const next = dropFirstStride(scaled);
    if (!next) break;
    scaled = next;
  }
  return scaled;
}
