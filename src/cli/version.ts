import { command } from '../command.js';

export const version = command({
  name: 'version',
  summary: 'Print the version',
  fields: ['version'],
  // Scripts check the version before anything is set up.
  configuration: 'ignored',
  examples: ['version', 'version --json'],
  run: () => import('./version.run.js'),
});
