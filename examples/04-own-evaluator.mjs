/**
 * An evaluator of your own, from code. A real one would train; this one makes up an accuracy and a metric.
 * Run: node examples/04-own-evaluator.mjs. As a program: 04-own-evaluator-program.mjs.
 */
import { search } from 'mixnas';

const evaluator = {
  name: 'made-up',
  metrics: ['energyMj'],
  steps: 10,
  evaluate({ architecture, from, until, steps }, { report }) {
    const best = 1 - 1 / (1 + architecture.blocks.length);
    for (let step = from + 1; step <= until; step++) report({ step, loss: 1 - (best * step) / steps });
    return { accuracy: (best * until) / steps, energyMj: 0.1 * architecture.blocks.length };
  },
};

const config = {
  name: 'own-evaluator',
  budget: { trials: 12 },
  objectives: ['accuracy', { minimize: 'energyMj' }],
};
const { folder, result } = await search(config, { evaluator });
for (const { trial, accuracy } of result.front) console.log(`trial ${trial}: ${accuracy.toFixed(3)}`);
console.log(folder);
