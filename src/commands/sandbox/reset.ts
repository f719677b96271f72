import { command } from '../../command.js';
import { worldFlags } from './options.js';
import { statusKeys } from './status.js';

export const reset = command({
  name: 'reset',
  summary: 'Empty the saved sandbox',
  flags: worldFlags('WAITING_FOR_USER'),
  fields: statusKeys,
  examples: ['sandbox reset', 'sandbox reset --ready-status AVAILABLE --ready-after 1s'],
  run: async () => (await import('./reset.run.js')).run,
});
