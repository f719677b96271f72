import { command, required } from '../../command.js';

export const rename = command({
  name: 'rename',
  summary: 'Rename a profile',
  args: { from: required('current name', 'ownProfiles'), to: required('new name') },
  examples: ['profile rename work payments'],
  run: () => import('./rename.run.js'),
});
