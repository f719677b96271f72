import { command } from '../../command.js';

export const statusKeys = ['file', 'readyAfter', 'readyStatus', 'projects', 'endpoints'];

export const status = command({
  name: 'status',
  summary: 'Show what the saved sandbox contains',
  fields: statusKeys,
  examples: ['sandbox status'],
  run: async () => (await import('./status.run.js')).run,
});
