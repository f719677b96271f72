import { command, group, required } from '../command.js';
import { sorting, yes } from './flags.js';

const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List profiles',
  flags: sorting,
  fields: ['name', 'current', 'from', 'credentials', 'secrets', 'projectId', 'projectName', 'baseUrl'],
  examples: ['profile list'],
  run: async () => (await import('./profile.run.js')).listProfiles,
});

export const profileUse = command({
  name: 'use',
  summary: 'Set the default profile',
  args: { name: required('name of the profile', 'profiles') },
  examples: ['profile use work'],
  run: async () => (await import('./profile.run.js')).useProfile,
});

export const profileDelete = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete a profile and its secrets',
  args: { name: required('name of the profile', 'ownProfiles') },
  flags: yes,
  examples: ['profile delete work --yes'],
  run: async () => (await import('./profile.run.js')).deleteProfile,
});

export const profile = group({
  name: 'profile',
  summary: 'Manage profiles: sets of settings and credentials',
  examples: ['profile list', 'profile use work'],
  commands: [list, profileUse, profileDelete],
});
