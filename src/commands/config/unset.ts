import { command, required } from '../../command.js';

export const unset = command({
  name: 'unset',
  summary: 'Remove a setting',
  args: { name: required('name of the setting', 'settings') },
  examples: ['config unset private-key'],
  run: () => import('./unset.run.js'),
});
