import { command, flag, group, optional, required } from '../command.js';
import { sorting, yes } from './flags.js';

const load = () => import('./account.run.js');

export const login = command({
  name: 'login',
  summary: 'Check credentials and save them',
  details:
    'Prompts for an API key or a service account. Create one in Atlas under Access Manager, with the role Project Owner. ' +
    '--project sets the default project.',
  flags: {
    withKey: flag('read the public and private key from stdin: JSON, NAME=value or two lines'),
    withServiceAccount: flag('read the client id and client secret from stdin: JSON, NAME=value or two lines'),
  },
  examples: ['login', 'login --profile work', 'login --with-key < key.json'],
  run: async () => (await import('./login.run.js')).run,
});

export const logout = command({
  name: 'logout',
  summary: 'Remove the saved credentials',
  examples: ['logout'],
  run: async () => (await load()).signOut,
});

export const whoami = command({
  name: 'whoami',
  summary: 'Show the credentials in use and what they can access',
  fields: ['profile', 'kind', 'id', 'origin', 'baseUrl', 'projectId', 'projectName', 'onAccessList', 'projects'],
  examples: ['whoami', 'whoami --query origin -o tsv'],
  run: async () => (await load()).whoAmI,
});

export const projects = command({
  name: 'projects',
  summary: 'List the projects that the credentials can access',
  flags: sorting,
  fields: ['id', 'name'],
  examples: ['projects', 'projects --sort name', 'projects --output id'],
  run: async () => (await load()).listProjects,
});

export const configSet = command({
  name: 'set',
  summary: 'Save a setting; secrets are prompted for or read from stdin',
  args: {
    name: required('name of the setting; config list shows all names', 'settings'),
    value: optional('value (omit it for secrets)', 'settingValues'),
  },
  configuration: 'tolerated',
  examples: ['config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'],
  run: async () => (await load()).setSetting,
});

export const configGet = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Print the value of a setting',
  args: { name: required('name of the setting', 'settings') },
  fields: ['name', 'value', 'origin'],
  examples: ['config get project --output id'],
  run: async () => (await load()).getSetting,
});

export const configUnset = command({
  name: 'unset',
  summary: 'Remove a setting',
  args: { name: required('name of the setting', 'settings') },
  configuration: 'tolerated',
  examples: ['config unset private-key'],
  run: async () => (await load()).unsetSetting,
});

export const configList = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List all settings',
  flags: { showOrigin: flag('show where each value comes from'), ...sorting },
  fields: ({ showOrigin }) => ['name', 'value', ...(showOrigin ? ['origin'] : [])],
  examples: ['config list --show-origin'],
  run: async () => (await load()).listSettings,
});

const configPath = command({
  name: 'path',
  summary: 'Print the path of the configuration file',
  fields: ['path'],
  configuration: 'tolerated',
  examples: ['config path'],
  run: async () => (await load()).printPath,
});

export const config = group({
  name: 'config',
  summary: 'Manage saved settings and credentials',
  examples: ['config set output json', 'config list --show-origin'],
  commands: [configSet, configGet, configUnset, configList, configPath],
});

const profileList = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List profiles',
  flags: sorting,
  fields: ['name', 'current', 'from', 'credentials', 'secrets', 'projectId', 'projectName', 'baseUrl'],
  examples: ['profile list'],
  run: async () => (await load()).listProfiles,
});

export const profileUse = command({
  name: 'use',
  summary: 'Set the default profile',
  args: { name: required('name of the profile', 'profiles') },
  examples: ['profile use work'],
  run: async () => (await load()).useProfile,
});

export const profileDelete = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete a profile and its secrets',
  args: { name: required('name of the profile', 'ownProfiles') },
  flags: yes,
  examples: ['profile delete work --yes'],
  run: async () => (await load()).deleteProfile,
});

export const profile = group({
  name: 'profile',
  summary: 'Manage profiles: sets of settings and credentials',
  examples: ['profile list', 'profile use work'],
  commands: [profileList, profileUse, profileDelete],
});
