/** A stranger's script of 15 lines: a sampler and an evaluator of its own, through the package's doors only. */
import { type CodeEvaluator, type SamplerFactory, search } from 'mixnas';
import { referenceArchitecture } from 'mixnas/models';
const uniform: SamplerFactory = ({ fresh, random }) => ({
  needs: () => 0,
  propose(id) {
    const candidate = fresh(random(`uniform/${id}`), id);
    return candidate && { candidate, origin: 'random', parents: [] };
  },
});
const evaluator: CodeEvaluator = {
  name: 'deep-is-good',
  evaluate: ({ architecture }) => ({ accuracy: 1 - 1 / (1 + architecture.blocks.length) }),
};
const { ended, result } = await search({ budget: { trials: 12 } }, { sampler: uniform, evaluator });
console.log(ended, result.front.length > 0, referenceArchitecture('mixnet-s').blocks.length > 0);
