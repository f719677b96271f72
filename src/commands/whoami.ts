import { command } from '../command.js';

export const whoami = command({
  name: 'whoami',
  summary: 'Show the credentials in use, where they come from, and what they can access',
  fields: ['profile', 'kind', 'id', 'origin', 'baseUrl', 'project', 'onAccessList', 'projects'],
  examples: ['whoami', 'whoami --query origin -o tsv'],
  run: async () => (await import('./whoami.run.js')).run,
});
