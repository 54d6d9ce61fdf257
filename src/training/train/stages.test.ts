import { expect, test } from 'vitest';
import { recipeSchema } from './recipe.js';
import { stagesOf } from './stages.js';

const recipe = (progressive: readonly { resolution: number; until: number }[], steps = 10) =>
  recipeSchema.parse({ steps, progressive });

test('stages follow each other without a gap, the last at the full resolution', () => {
  const stages = stagesOf(
    recipe([
      { resolution: 16, until: 0.3 },
      { resolution: 24, until: 0.6 },
    ]),
    32,
  );
  expect(stages).toEqual([
    { resolution: 16, from: 0, until: 3 },
    { resolution: 24, from: 3, until: 6 },
    { resolution: 32, from: 6, until: 10 },
  ]);
  expect(stagesOf(recipe([]), 32)).toEqual([{ resolution: 32, from: 0, until: 10 }]);
  expect(stagesOf(recipe([{ resolution: 16, until: 1 }]), 32)).toHaveLength(1);
  // A stage that is too short for a single step is left out.
  expect(stagesOf(recipe([{ resolution: 16, until: 0.01 }]), 32)).toHaveLength(1);
});

test('stages out of order, or larger than the images, are refused by number', () => {
  const twice = [
    { resolution: 16, until: 0.6 },
    { resolution: 24, until: 0.3 },
  ];
  expect(() => stagesOf(recipe(twice), 32)).toThrow(
    'recipe, progressive[1]: the stage does not end after the one before it.',
  );
  // In two steps both end after the first; they are refused all the same.
  expect(() => stagesOf(recipe(twice, 2), 32)).toThrow('does not end after');
  expect(() => stagesOf(recipe([{ resolution: 48, until: 0.5 }]), 32)).toThrow(
    'recipe, progressive[0]: the stage is larger than the images, which are 32 x 32.',
  );
});
