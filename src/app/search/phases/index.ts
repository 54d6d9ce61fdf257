/** What a search does before its trials (a supernet is trained) and after them (the front is trained further, or again). */
export { finetunePhase, supernetPath, supernetPhase } from './supernet.js';
export { int8Phase } from './int8.js';
export { createReserve, finalistsPhase } from './finalists.js';
