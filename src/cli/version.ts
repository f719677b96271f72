import { command } from '../command.js';

export const version = command({
  name: 'version',
  summary: 'Print the version',
  fields: ['version'],
  // Scripts check the version before anything is set up.
  configuration: 'ignored',
  examples: ['version', 'version --json'],
  run: async () => (await import('./version.run.js')).run,
});
