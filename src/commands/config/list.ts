import { command, flag } from '../../command.js';
import { sorting } from '../flags.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List all settings',
  flags: { showOrigin: flag('show where each value comes from'), ...sorting },
  fields: ({ showOrigin }) => ['name', 'value', ...(showOrigin ? ['origin'] : [])],
  examples: ['config list --show-origin'],
  run: () => import('./list.run.js'),
});
