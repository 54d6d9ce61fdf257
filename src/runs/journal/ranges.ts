/** Ranges of what a journal's lines hold: said once, for the schema and for the fast check of plain lines. */
import { z } from 'zod';

/** The number of a worker is a place in a list. */
export const mostWorkers = 4096;
/** The number of a trial. */
export const mostTrials = 2 ** 31;
/** The end of the year 9999: dates that every reader can print. In ms since 1970. */
const lastTime = 253_402_300_799_999;
/** Three hundred years. */
export const mostSeconds = 1e10;
/** Bytes of a line: the longest curve, or a reason, is far from it. */
export const mostLineBytes = 1 << 24;

/** Whether a time, in ms since 1970, is one that a clock may show. */
export const isSaneTime = (t: unknown): t is number => typeof t === 'number' && t >= 0 && t <= lastTime;

export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
export const isTrial = (value: unknown) => isCount(value) && value < mostTrials;
export const isWorker = (value: unknown) => isCount(value) && value < mostWorkers;
export const isSeconds = (value: unknown) => typeof value === 'number' && value >= 0 && value <= mostSeconds;

export const count = z.number().int().min(0);
export const trialNumber = count.max(mostTrials - 1);
export const workerNumber = count.max(mostWorkers - 1);
export const seconds = z.number().min(0).max(mostSeconds);
export const time = z.number().min(0).max(lastTime);
