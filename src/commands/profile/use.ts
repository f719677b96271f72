import { command, required } from '../../command.js';

export const use = command({
  name: 'use',
  summary: 'Set the default profile',
  args: { name: required('name of the profile', 'profiles') },
  examples: ['profile use work'],
  run: () => import('./use.run.js'),
});
