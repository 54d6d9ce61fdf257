/** The comparisons of the MixNet paper, repeated on a training budget. Read plan.ts, then ablate.ts. */
export { equalProfiles, widthsFor } from './equal.js';
export { type AblateOptions, type AblateProgress, ablate } from './ablate.js';
export { type AblationReport, ablationMarkdown } from './report.js';
