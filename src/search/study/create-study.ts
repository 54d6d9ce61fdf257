/** The public way into a study: from plain data, from a MixNet space, or from a space of one's own. */
import type { Architecture, MixnetSpace } from '../../models/index.js';
import {
  type ParamsOf,
  type SpaceSpec,
  discreteSpace,
  mixnetSpace,
  type Params,
  type Space,
} from '../space/index.js';
import type { AnyOptions, StudyOptions } from '../options.js';
import type { Study } from './study.js';
import { openStudy } from './open-study.js';

/**
 * Opens a study.
 *
 * ```ts
 * const study = createStudy({
 *   space: { x0: [0, 1, 2], op: ['conv', 'pool'] },
 *   objectives: [
 *     { name: 'accuracy', direction: 'maximize' },
 *     { name: 'latencyMs', direction: 'minimize' },
 *   ],
 *   seed: 7,
 * });
 * for (let i = 0; i < 100; i++) {
 *   const t = study.ask();
 *   study.tell(t.id, evaluate(t.params.x0, t.params.op));
 * }
 * study.front();
 * ```
 * @throws MixnasError `bad-config` for options that make no sense, `infeasible` when no point of the
 * space meets the hard constraints.
 */
export function createStudy(
  options: StudyOptions<Params, Architecture> & { readonly space: MixnetSpace },
): Study<Params, Architecture>;
export function createStudy<A>(
  options: StudyOptions<Params, A> & { readonly space: Space<A> },
): Study<Params, A>;
export function createStudy<const S extends SpaceSpec>(
  options: StudyOptions<ParamsOf<S>, ParamsOf<S>> & { readonly space: S },
): Study<ParamsOf<S>, ParamsOf<S>>;
export function createStudy(
  options: AnyOptions & { readonly space: MixnetSpace | Space<unknown> | SpaceSpec },
): unknown {
  const { space } = options;
  if (isMixnetSpace(space)) return openStudy(mixnetSpace(space), options);
  return openStudy(isSpace(space) ? space : discreteSpace(space), options);
}

function isMixnetSpace(space: object): space is MixnetSpace {
  return 'genes' in space && 'decode' in space && typeof space.decode === 'function';
}

function isSpace(space: object): space is Space<unknown> {
  return 'features' in space && typeof space.features === 'function';
}
