import { command } from '../command.js';

export const whoami = command({
  name: 'whoami',
  summary: 'Show which credentials are used, where they come from, and what they can see',
  fields: ['profile', 'kind', 'id', 'origin', 'baseUrl', 'project', 'onAccessList', 'projects'],
  examples: ['whoami', 'whoami --json | jq -r .origin'],
  run: () => import('./whoami.run.js'),
});
