#!/usr/bin/env node
/**
 * An outside evaluator, to start from: `evaluator: { name: command, command: [node, examples/evaluator.mjs] }`.
 * It reads one line of JSON, pretends to train, and writes a line for each point of its learning curve and one
 * for the result. A real one would call its own training where this one computes a made-up accuracy.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const request = JSON.parse(readFileSync(0, 'utf8'));
const { architecture, seed, steps, from, until, load, save } = request;

// Say what you like on standard error: its last line becomes the reason where the program fails.
console.error(`trial ${request.trial}, seed ${seed}, steps ${from} to ${until} of ${steps}`);

// A part of an evaluation begins where the part before it stopped; without its checkpoint, at the start.
const state = load && existsSync(load) ? JSON.parse(readFileSync(load, 'utf8')) : { step: 0 };

const width = architecture.blocks.reduce((sum, block) => sum + block.out, 0);
const best = 0.9 - 1 / Math.sqrt(width);
const accuracyAt = (step) => Number((best * (1 - Math.exp((-4 * step) / steps))).toFixed(4));

for (const step = state; step.step < until; ) {
  step.step = Math.min(until, step.step + Math.max(1, Math.ceil(steps / 10)));
  console.log(
    JSON.stringify({ step: step.step, loss: 1 - accuracyAt(step.step), accuracy: accuracyAt(step.step) }),
  );
}
if (save) writeFileSync(save, JSON.stringify(state));

// The result: `accuracy` from 0 to 1, and every other metric that the config lists. Or { "failed": "why" }.
console.log(JSON.stringify({ accuracy: accuracyAt(until) }));
