import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { dominates, paretoFront } from '../../pareto/index.js';
import { bestOf, createHalving } from './halving.js';

type Event = { readonly id: number; readonly rung: number };

/**
 * Runs `count` trials with results that are fixed by their numbers, in an order that `seed` decides: any
 * trial that may run is run next. Returns the rungs that each has reached.
 */
function play(count: number, seed: string, { rungs = 2, reductionFactor = 3, lag = 4 } = {}): number[] {
  const order = createRandom(seed);
  const result = ({ id, rung }: Event) => {
    const random = createRandom(`${id}`);
    const [a, b] = [random.next(), random.next()];
    return [a / (rung + 1), b];
  };
  const halving = createHalving({ rungs, reductionFactor, lag });
  const reached = new Array<number>(count).fill(0);
  const ready: Event[] = Array.from({ length: count }, (_, id) => ({ id, rung: 0 }));
  let parked: Event[] = [];
  while (ready.length > 0) {
    // Like workers that are busy for various times: one of the first few is done next.
    const [event] = ready.splice(order.int(Math.min(3, ready.length)), 1) as [Event];
    reached[event.id] = event.rung + 1;
    if (event.rung === rungs) halving.settle(event.id);
    else {
      halving.report(event.id, event.rung, result(event));
      parked.push(event);
    }
    for (let again = true; again; ) {
      again = false;
      for (const waiting of parked) {
        const decision = halving.decide(waiting.id, waiting.rung);
        if (decision === undefined) continue;
        parked = parked.filter((other) => other !== waiting);
        if (decision === 'promote') ready.unshift({ id: waiting.id, rung: waiting.rung + 1 });
        else halving.settle(waiting.id);
        again = true;
      }
    }
  }
  expect(parked).toEqual([]);
  return reached;
}

describe('halving', () => {
  test('decides the same whoever comes first, and never waits for ever', () => {
    const first = play(60, 'a');
    for (const seed of ['b', 'c', 'd', 'e']) expect(play(60, seed)).toEqual(first);
  });

  test('about one in `reductionFactor` continues from rung to rung', () => {
    const reached = play(300, 'a');
    const at = (rung: number) => reached.filter((r) => r > rung).length;
    expect(at(0)).toBe(300);
    expect(at(1)).toBeGreaterThan(70);
    expect(at(1)).toBeLessThan(140);
    expect(at(2)).toBeLessThan(at(1) * 0.6);
  });

  test('with one objective, a trial continues exactly when it is among the best of those before it', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 30 }), (values) => {
        const halving = createHalving({ rungs: 1, reductionFactor: 3, lag: 1 });
        values.forEach((value, id) => {
          halving.report(id, 0, [value]);
          const before = values.slice(0, id);
          const better = before.filter((other) => other <= value).length;
          const keep = Math.ceil((id + 1) / 3);
          const strictlyBetter = before.filter((other) => other < value).length;
          const allowed =
            better < keep ? ['promote'] : strictlyBetter >= keep ? ['stop'] : ['promote', 'stop'];
          expect(allowed).toContain(halving.decide(id, 0));
          halving.settle(id);
        });
      }),
    );
  });

  test('waits for the trials it is compared with', () => {
    const halving = createHalving({ rungs: 1, reductionFactor: 2, lag: 2 });
    halving.report(2, 0, [1, 1]);
    expect(halving.decide(2, 0)).toBeUndefined();
    halving.report(0, 0, [0, 0]);
    expect(halving.decide(2, 0)).toBe('stop');
    halving.report(3, 0, [-1, 2]);
    expect(halving.decide(3, 0)).toBeUndefined();
    halving.settle(1);
    expect(halving.decide(3, 0)).toBe('promote');
  });
});

test('the best are whole fronts, then an even part of the next', () => {
  const points = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 2 }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(points, fc.nat(20), (costs, count) => {
      const best = bestOf(costs, count);
      expect(new Set(best).size).toBe(Math.min(count, costs.length));
      // Nothing that was left out dominates what was taken.
      const out = costs.filter((_, i) => !best.includes(i));
      for (const i of best) expect(out.some((other) => dominates(other, costs[i] ?? []))).toBe(false);
    }),
  );
  const line = [
    [0, 4],
    [1, 3],
    [2, 2],
    [3, 1],
    [4, 0],
  ];
  expect(paretoFront(line)).toHaveLength(5);
  expect(bestOf(line, 3).toSorted((a, b) => a - b)).toEqual([0, 2, 4]);
});
