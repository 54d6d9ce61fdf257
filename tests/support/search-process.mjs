/**
 * A search in a process of its own, to be killed: `search-process.mjs new|resume <root> <config as JSON>`.
 * With MIXNAS_TEST_JUMP its clock jumps. It runs the build, which starts in half the time. Prints a line when the run is open, and one for each finished trial.
 */
import { join } from 'node:path';
import { parseConfig, resume, search } from '../../dist/app/index.js';
import { jump } from './jumping-clock.mjs';

if (process.env.MIXNAS_TEST_JUMP) jump();

const [how, root = '', json = '{}'] = process.argv.slice(2);

function onEvent(event) {
  if (event.type === 'opened' || event.type === 'finished') process.stdout.write(`${event.type}\n`);
}

const config = parseConfig(JSON.parse(json));
if (how === 'new') await search(config, { root, onEvent });
else await resume(join(root, `${config.config.name}-1`), { root, onEvent });
