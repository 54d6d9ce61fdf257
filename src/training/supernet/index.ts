/** The supernet: one network that holds every architecture of a space. */
export { type SupernetRecipe, supernetRecipeSchema } from './recipe.js';
export { largestSubnet, sandwichSubnets, smallestSubnet } from './sampling.js';
export { type Scorer, createScorer } from './score.js';
export type { Supernet } from './supernet.js';
export { type SupernetTrainOptions, openSupernet, trainSupernet } from './train-supernet.js';
