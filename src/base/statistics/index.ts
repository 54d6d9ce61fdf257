/**
 * Statistics that several rooms share, each said once.
 *
 * Where the values do not determine a correlation (fewer than two pairs, or a list whose values are all equal),
 * the answer is `undefined`: what that means depends on the caller, who says so (`?? 0` where the list is to earn
 * trust, `?? 1` where equal values are in no wrong order). A NaN among the values gives NaN, and so does the
 * median of an empty list.
 */
export { bisect, lowerBound } from './bisect.js';
export { kendall, spearman } from './correlation.js';
export { median, upperMedian } from './median.js';
export { ranks } from './ranks.js';
export { type Interval, wilson } from './wilson.js';
