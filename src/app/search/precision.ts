/** What a config says of the precision that networks are deployed in. */
import type { RunConfig } from '../config/index.js';

type Deployed = Pick<RunConfig, 'deploy'>;

/** Whether accuracy in 8-bit integers is measured at all. */
export const measuresInt8 = ({ deploy }: Deployed): boolean => deploy.precision === 'int8';

/** Whether the accuracy of every trial is that in integers. */
export const measuresAllInt8 = (config: Deployed): boolean =>
  measuresInt8(config) && config.deploy.evaluate === 'all';
