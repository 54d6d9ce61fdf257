/** What 0.1.0 proposed and hashed, to the digit: runs, weights and journals of that version mean the same. */
import { expect, test } from 'vitest';
import golden from './fixtures/golden-0.1.0.json' with { type: 'json' };
import { goldenProposals, goldenReferences, goldenSpaces } from './support/space-golden.js';

test('spaces have the genes, the genomes of a seed and the architectures that they had', () => {
  expect(goldenSpaces()).toEqual(golden.spaces);
});

test('samplers propose the points of a seed that they proposed', () => {
  expect(goldenProposals()).toEqual(golden.proposals);
}, 180_000);

test('reference models have the hashes and the layer graphs that they had', () => {
  expect(goldenReferences()).toEqual(golden.references);
});
