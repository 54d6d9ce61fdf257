/** A search that is interrupted and resumed comes to the front of one that never was. Run: node examples/07-resume.mjs */
import { readRun, resume, search } from 'mixnas';

const config = { name: 'resumed', evaluator: { name: 'synthetic', seconds: 0.05 }, budget: { trials: 20 } };
const stop = new AbortController();
const onEvent = ({ type, finished }) => {
  if (type === 'finished' && finished === 8) stop.abort();
};
const { folder, ended } = await search(config, { signal: stop.signal, onEvent });
console.log(`${folder}: ${ended}`);

const { ended: again, result } = await resume(folder);
console.log(`${again} after ${readRun(folder).trials.length} trials, ${result.front.length} on the front`);
