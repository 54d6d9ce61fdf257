/** Members of the front that are evaluated again: who they are, and the front by their later accuracies. */
export {
  type Finalist,
  type FinalistResult,
  type Finalists,
  type FinalistsConfig,
  finalistsOf,
  frontOfRun,
  judgeFinalists,
  spreadOver,
} from './finalists.js';
