/** The reason of a failure as a journal holds it. */
import { formatCount } from '../base/index.js';

/** Characters of a reason. */
const most = 1000;

/** A reason of bounded length, which says so where it was longer. */
export function boundedReason(reason: string): string {
  if (reason.length <= most) return reason;
  return `${reason.slice(0, most)}… (cut off here: ${formatCount(reason.length)} characters)`;
}
