/** Random search without replacement: the baseline that every other sampler must beat. */
import type { Sampler, SamplerContext } from '../sampler.js';

export function createRandomSampler(context: SamplerContext): Sampler {
  return {
    needs: () => 0,
    propose(id) {
      const candidate = context.fresh(context.random(`random/${id}`), id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}
