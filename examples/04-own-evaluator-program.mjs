#!/usr/bin/env node
/**
 * An evaluator of your own as a program, to start from; 04-own-evaluator-program.yaml is a search that uses it.
 * It reads one line of JSON, pretends to train, and writes a line for each point of its learning curve and one for the
 * result. A real one would call its own training where this one computes a made-up accuracy.
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

const stride = Math.max(1, Math.ceil(steps / 10));
while (state.step < until) {
  state.step = Math.min(until, state.step + stride);
  const accuracy = accuracyAt(state.step);
  console.log(JSON.stringify({ step: state.step, loss: 1 - accuracy, accuracy }));
}
if (save) writeFileSync(save, JSON.stringify(state));

// The result: `accuracy` from 0 to 1, and every other metric that the config lists. Or { "failed": "why" }.
console.log(JSON.stringify({ accuracy: accuracyAt(until) }));
