/** From a spec to the evaluator, in the process that evaluates. */
import { unreachable } from '../base/index.js';
import { refuseCode } from './code.js';
import { createCommandEvaluator } from './command.js';
import type { Evaluator } from './evaluator.js';
import { createProxyEvaluator } from './proxy.js';
import type { EvaluatorSpec } from './spec.js';
import { createSupernetEvaluator } from './supernet.js';
import { createSyntheticEvaluator } from './synthetic.js';
import { type TrainingData, createTrainingEvaluator } from './training.js';

/** @throws MixnasError as the evaluator's own set-up does. */
export async function createEvaluator(spec: EvaluatorSpec, data: TrainingData): Promise<Evaluator> {
  switch (spec.name) {
    case 'training':
      return createTrainingEvaluator(spec, data);
    case 'proxy':
      return createProxyEvaluator(spec, data);
    case 'supernet':
      return createSupernetEvaluator(spec, data);
    case 'synthetic':
      return createSyntheticEvaluator(spec);
    case 'command':
      return createCommandEvaluator(spec);
    case 'code':
      return refuseCode();
    default:
      return unreachable(spec);
  }
}
