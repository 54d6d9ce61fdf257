/** What a run's networks were trained and measured on, as far as it says. */
export { accuracyInterval, imagesOf, levelWithBest } from './accuracy-error.js';
export { trainedResolution } from './trained-at.js';
