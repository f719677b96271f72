import { command, required } from '../../command.js';
import { yes } from '../flags.js';

export const deleteProfile = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete a profile and its secrets',
  args: { name: required('name of the profile', 'ownProfiles') },
  flags: yes,
  examples: ['profile delete work --yes'],
  run: () => import('./delete.run.js'),
});
