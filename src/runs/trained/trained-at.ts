/** At which size of images the networks of a run are trained. */
import { z } from 'zod';
import type { RunView } from '../view.js';

const dataset = z.looseObject({ name: z.string(), resolution: z.number().optional() });
const sized = z.looseObject({ resolution: z.number() });

/** The size of images of data that has one size only. */
const resolutionOfNamed = 32;

/** Height and width in pixels; undefined where a run does not say it. The space's own size is none of it. */
export function trainedResolution({ config, space }: Pick<RunView, 'config' | 'space'>): number | undefined {
  const data = dataset.safeParse(config['dataset']);
  if (data.success) return data.data.resolution ?? resolutionOfNamed;
  return sized.safeParse(space).data?.resolution;
}
