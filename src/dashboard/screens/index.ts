/** All screens by name, in the order of their keys. */
import { chooseScreen } from '../choose/screen.js';
import { type ScreenId, screenIds } from '../bindings.js';
import { insightScreen } from '../insight/screen.js';
import { overlayScreen } from '../overlay/screen.js';
import { candidateScreen } from './candidate.js';
import { devicesScreen } from './devices.js';
import { frontScreen } from './front.js';
import { progressScreen } from './progress.js';
import { runsScreen } from './runs.js';
import type { Screen } from './screen.js';
import { trialsScreen } from './trials.js';

const byId: Readonly<Record<ScreenId, Screen>> = {
  front: frontScreen,
  trials: trialsScreen,
  candidate: candidateScreen,
  progress: progressScreen,
  devices: devicesScreen,
  runs: runsScreen,
  choose: chooseScreen,
  overlay: overlayScreen,
  insight: insightScreen,
};

export const screens: readonly Screen[] = screenIds.map((id) => byId[id]);

export function screenOf(id: ScreenId): Screen {
  return byId[id];
}
