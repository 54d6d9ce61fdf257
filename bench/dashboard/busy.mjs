/** Takes one core until it is ended, with the priority that workers of a search have. */
import { constants, getPriority, setPriority } from 'node:os';

const { PRIORITY_BELOW_NORMAL } = constants.priority;
if (getPriority() < PRIORITY_BELOW_NORMAL) setPriority(PRIORITY_BELOW_NORMAL);
let sum = 0;
for (;;) sum = (sum + Math.sqrt(sum + 1)) % 1e6;
