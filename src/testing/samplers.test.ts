/** What every sampler must keep, run over all of ours, and over samplers that break it. */
import { describe, expect, test } from 'vitest';
import { type Sampler, type SamplerContext, samplerNames } from '../search/index.js';
import { runChecks, samplerChecks } from './index.js';

for (const name of samplerNames) runChecks(name, samplerChecks(name), { describe, test });

/** Random search, as a stranger would write it. */
const uniform = ({ fresh, random }: SamplerContext): Sampler => ({
  needs: () => 0,
  propose(id) {
    const candidate = fresh(random(`uniform/${id}`), id);
    return candidate && { candidate, origin: 'random', parents: [] };
  },
});
runChecks('a sampler from code', samplerChecks(uniform), { describe, test });

const failing = (sampler: (context: SamplerContext) => Sampler) =>
  samplerChecks(sampler).flatMap(({ name, run }) => {
    try {
      run();
      return [];
    } catch {
      return [name];
    }
  });

describe('a sampler that breaks the contract is found out', () => {
  test('by a state that a restored study does not have', () => {
    const counting = (context: SamplerContext): Sampler => {
      let calls = 0;
      return { ...uniform(context), propose: (id) => propose(context, `call/${calls++}`, id) };
    };
    expect(failing(counting)).toEqual([
      'killed anywhere and restored, with trials that run, it continues to the same trials',
    ]);
  });

  test('by results that it reads although they are not in for every order', () => {
    const hasty = (context: SamplerContext): Sampler => ({
      needs: () => 0,
      propose: (id) => propose(context, `seen/${context.history.between(0, id).length}`, id),
    });
    expect(failing(hasty)).toContain(
      'killed anywhere and restored, with trials that run, it continues to the same trials',
    );
  });

  test('by a point proposed twice and by one that breaks a limit', () => {
    const repeating = ({ candidates, space, random }: SamplerContext): Sampler => ({
      needs: () => 0,
      propose: () => ({
        candidate: candidates.consider(space.random(random('one'))),
        origin: 'random',
        parents: [],
      }),
    });
    expect(failing(repeating).length).toBeGreaterThan(5);
    const blind = ({ candidates, space, random, taken }: SamplerContext): Sampler => ({
      needs: () => 0,
      propose(id) {
        for (let i = 0; i < 200; i++) {
          const candidate = candidates.consider(space.random(random(`${id}/${i}`)));
          if (!taken(candidate.key, id)) return { candidate, origin: 'random', parents: [] };
        }
        return undefined;
      },
    });
    expect(failing(blind)).toContain(
      'hard constraints hold for every trial, also where few points are feasible',
    );
  }, 20_000);
});

function propose({ fresh, random }: SamplerContext, label: string, id: number) {
  const candidate = fresh(random(label), id);
  return candidate && { candidate, origin: 'random' as const, parents: [] };
}
