/** A search whose evaluator and sampler are code, interrupted and resumed. */
import { expect, test } from 'vitest';
import { type ConfigInput, resume, search } from '../src/app/index.js';
import type { CodeEvaluator } from '../src/evaluation/index.js';
import type { SamplerFactory } from '../src/search/index.js';
import { readRun } from '../src/runs/index.js';
import { outcomeOf, temporaryFolder } from './support/searching.js';
import { runCli } from './support/run-cli.js';

/** Takes what was learnt from the trials so far, so that a resume that lost some would propose others. */
const climber: SamplerFactory = ({ candidates, fresh, history, random, space, taken }) => ({
  needs: (id) => (id < 6 ? 0 : id - 2),
  propose(id, horizon) {
    const stream = random(`climber/${id}`);
    const [best] = history.between(0, horizon).toSorted((a, b) => (a.costs[0] ?? 0) - (b.costs[0] ?? 0));
    for (let i = 0; i < 20 && best; i++) {
      const candidate = candidates.consider(space.mutate(best.genome, stream));
      if (!taken(candidate.key, id) && candidate.violation === 0) {
        return { candidate, origin: 'mutation', parents: [best.id] };
      }
    }
    const candidate = fresh(stream, id);
    return candidate && { candidate, origin: 'random', parents: [] };
  },
});

function evaluatorCalled(name: string): CodeEvaluator & { readonly trials: number[] } {
  const trials: number[] = [];
  return {
    name,
    metrics: ['depth'],
    trials,
    async evaluate({ trial, architecture }) {
      trials.push(trial);
      await new Promise(setImmediate);
      const depth = architecture.blocks.length;
      return { accuracy: 1 - 1 / (1 + depth), depth };
    },
  };
}

const config: ConfigInput = {
  name: 'mine',
  objectives: ['accuracy', { minimize: 'latency["mali-g76"]' }, { minimize: 'depth' }],
  profiles: ['mali-g76'],
  budget: { trials: 24 },
  workers: 2,
};

test('a search with an evaluator and a sampler from code is resumed to the trials of the unbroken one', async () => {
  const root = temporaryFolder();
  const whole = await search(config, { root, evaluator: evaluatorCalled('deep'), sampler: climber });
  expect(whole).toMatchObject({ ended: 'trials', result: { trials: 24 } });

  const controller = new AbortController();
  const begun = await search(config, {
    root,
    evaluator: evaluatorCalled('deep'),
    sampler: climber,
    signal: controller.signal,
    onEvent: (event) => event.type === 'finished' && event.finished === 9 && controller.abort(),
  });
  expect(begun.ended).toBe('interrupted');
  const finished = new Set(
    readRun(begun.folder).trials.flatMap((t) => (t.state === 'complete' ? [t.id] : [])),
  );
  expect(finished.size).toBeGreaterThanOrEqual(9);
  expect(finished.size).toBeLessThan(24);

  // The command line has no code, and another evaluator is another search.
  const refused = await runCli('resume', begun.folder);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/code called deep[^]*resume\(/)]);
  await expect(
    resume(begun.folder, { root, evaluator: evaluatorCalled('wide'), sampler: climber }),
  ).rejects.toMatchObject({ code: 'bad-usage', message: expect.stringContaining('deep, and not wide') });

  const evaluator = evaluatorCalled('deep');
  const done = await resume(begun.folder, { root, evaluator, sampler: climber });
  expect(done).toMatchObject({ ended: 'trials', result: { trials: 24 } });
  expect(outcomeOf(begun.folder)).toEqual(outcomeOf(whole.folder));
  expect(done.result.front).toEqual(whole.result.front);
  // What was finished is not evaluated again.
  expect(evaluator.trials.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 24 }, (_, id) => id).filter((id) => !finished.has(id)),
  );
  expect(readRun(begun.folder).trials.filter(({ origin }) => origin === 'mutation').length).toBeGreaterThan(
    5,
  );
});
