/** `mixnas profile`: a file a subcommand. */
export { profileCommand } from './profile.js';
