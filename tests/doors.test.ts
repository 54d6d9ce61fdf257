/** The names that each door of the package gives: a name is added or taken away here on purpose. */
import { expect, test } from 'vitest';
import * as mixnas from '../src/index.js';
import * as hardware from '../src/public/hardware.js';
import * as models from '../src/public/models.js';
import * as pareto from '../src/public/pareto.js';
import * as runs from '../src/public/runs.js';
import * as search from '../src/public/search.js';
import * as testing from '../src/testing/index.js';

test.each([
  [
    'mixnas',
    mixnas,
    'MixnasError controlRun cost createStudy diagnoseMachine evaluateNetwork exportNetworks fetchDataSet listDataSets listProfiles loadConfig loadProfile measureDeviceProfile measureProfile parseArchitecture parseConfig pickNetwork predictLatency profileNames readRun readWeights registerProfile registerProfileFolder resolveArchitecture resume resumeTraining runAblation search trainArchitecture tuneProfile validateProfile writeProfileKit writeReport writeWeights',
  ],
  [
    'mixnas/models',
    models,
    'architectureHash costOfGraph expectedMacs lower parseArchitecture parseSpace peakActivationBytes referenceArchitecture referenceInfo referenceNames scaleTo',
  ],
  [
    'mixnas/hardware',
    hardware,
    'createPredictor loadMeasurements loadProfile parseMeasurements parseProfile peakMemoryBytes profileNames registerProfile registerProfileFolder',
  ],
  ['mixnas/search', search, 'createRandom createStudy discreteSpace mixnetSpace samplerNames spaceSize'],
  [
    'mixnas/pareto',
    pareto,
    'coverage createHypervolume crowdingDistance dominates epsilonIndicator hypervolume kneePoint nonDominatedSort paretoFront weaklyDominates',
  ],
  ['mixnas/runs', runs, 'decodeGenome findRun followRun listRuns readRun readRunSummary'],
  ['mixnas/testing', testing, 'runChecks samplerChecks'],
])('%s gives these names and no other', (_, door, names) => {
  expect(Object.keys(door).toSorted()).toEqual(names.split(' '));
});
