/** Data at a wanted size of images. */
import { MixnasError } from '../../base/index.js';
import { type DataSpec, dataSpecSchema, isResizable, resolutionOf } from '../../training/index.js';

/**
 * The data with images of `resolution` pixels.
 * @throws MixnasError `bad-usage` for data whose images have one size, and it is another.
 */
export function sizedData(spec: DataSpec, resolution: number): DataSpec {
  if (isResizable(spec)) return { ...spec, resolution } as DataSpec;
  const own = resolutionOf(dataSpecSchema.parse(spec));
  if (own === resolution) return spec;
  throw new MixnasError('bad-usage', `--resolution: the images of ${spec.name} are ${own}x${own}.`, {
    remedy: 'Leave it out, or use a folder of images, which are brought to any size.',
  });
}

/** The data at `resolution` where it is a folder, and nothing says otherwise. */
export function sizedFolder(spec: DataSpec, resolution: number): DataSpec {
  return spec.name === 'folder' && spec.resolution === undefined ? { ...spec, resolution } : spec;
}
