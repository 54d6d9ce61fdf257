/** Ask and tell: any discrete space, any evaluation. Run: node examples/06-ask-and-tell.mjs */
import { createStudy } from 'mixnas';

const study = createStudy({
  space: {
    depth: [2, 3, 4, 5, 6, 7, 8],
    op: ['conv', 'pool'],
    kernel: { values: [3, 5, 7], when: { op: 'conv' } },
  },
  objectives: [
    { name: 'accuracy', direction: 'maximize' },
    { name: 'latencyMs', direction: 'minimize' },
  ],
  seed: 1,
});
for (let i = 0; i < 20; i++) {
  const { id, params } = study.ask();
  const { depth, op, kernel = 1 } = params;
  study.tell(id, { accuracy: 1 - 1 / (depth * kernel), latencyMs: depth * (op === 'conv' ? kernel : 1) });
}
for (const { params, values } of study.front()) console.log(params, values);
