import { command, required } from '../../command.js';

export const create = command({
  name: 'create',
  summary: 'Create an empty profile',
  args: { name: required('name of the profile') },
  examples: ['profile create work'],
  run: () => import('./create.run.js'),
});
