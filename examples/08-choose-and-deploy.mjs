/**
 * From a finished run to a trained network: choose one of its front, see what it costs on each device, train it from
 * scratch, and read its weights. Run: node examples/08-choose-and-deploy.mjs
 */
import { pickNetwork, predictLatency, readWeights, search, trainArchitecture } from 'mixnas';

const evaluator = { name: 'synthetic' };
const { folder } = await search({ name: 'chosen', evaluator, budget: { trials: 20 } });
const { trial } = pickNetwork(folder, {});
const network = `${folder}#${trial}`;
for (const { profile, latencyMs } of predictLatency(network, { resolution: 224, classes: 1000 })
  .predictions) {
  console.log(`${profile}: ${latencyMs.toFixed(2)} ms`);
}

// A few steps on made-up patterns, so that this ends in seconds; a real training takes CIFAR-10 and hours.
const data = { name: 'textures', size: 200, classes: 4 };
const { folder: trained } = await trainArchitecture(network, {
  data,
  recipe: { steps: 2, batchSize: 8 },
  out: `${folder}/trained`,
});
const { weights, metadata } = readWeights(trained);
console.log(`${weights.size} arrays of ${JSON.parse(metadata.architecture).name ?? 'the network'}`);
