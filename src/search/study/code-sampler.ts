/** A sampler from outside, whose proposals are checked before they become trials. */
import { MixnasError } from '../../base/index.js';
import type { Proposal, Sampler, SamplerContext, SamplerFactory } from '../sampler.js';
import { origins } from '../trial.js';

/** The factory with its answers checked: a broken contract is reported at once, in one sentence. */
export function checkedSampler(create: SamplerFactory): SamplerFactory {
  return (context) => {
    const sampler: Partial<Sampler> | undefined = create(context);
    if (typeof sampler?.needs !== 'function' || typeof sampler.propose !== 'function') {
      throw wrong('it has no functions `needs` and `propose`');
    }
    const { needs, propose } = sampler as Sampler;
    return {
      needs(id) {
        const count = needs.call(sampler, id);
        if (!Number.isInteger(count) || count < 0 || count > id) {
          throw wrong(`needs(${id}) is ${count}, not a whole number from 0 to ${id}`);
        }
        return count;
      },
      propose(id, horizon) {
        const proposal = propose.call(sampler, id, horizon);
        const fault = proposal && faultOf(proposal, id, context);
        if (fault) throw wrong(`its proposal for trial ${id} ${fault}`);
        return proposal;
      },
    };
  };
}

function faultOf(proposal: Proposal, id: number, context: SamplerContext): string | undefined {
  const { candidate, origin, parents } = proposal as Partial<Proposal>;
  if (!candidate || !context.space.canonical(candidate.genome)) return 'has no candidate of the space';
  if (!origin || !origins.includes(origin)) return `has an origin that is not one of ${origins.join(', ')}`;
  if (!parents?.every((parent) => Number.isInteger(parent) && parent >= 0 && parent < id)) {
    return `has parents that are not earlier trials`;
  }
  if (candidate.violation > 0) return 'breaks a hard constraint';
  if (origin === 'promotion') return parents.length === 1 ? undefined : 'is a promotion without one parent';
  return context.taken(candidate.key, id) ? 'was a trial already' : undefined;
}

const wrong = (what: string) =>
  new MixnasError('bad-usage', `The sampler from code breaks its contract: ${what}.`, {
    remedy: 'Run the checks of mixnas/testing on it; docs/extending/sampler.md shows how.',
  });
