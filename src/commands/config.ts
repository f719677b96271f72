import { command, flag, group, optional, required } from '../command.js';
import { sorting } from './flags.js';

export const configSet = command({
  name: 'set',
  summary: 'Save a setting; secrets are prompted for or read from stdin',
  args: {
    name: required('name of the setting; config list shows all names', 'settings'),
    value: optional('value (omit it for secrets)', 'settingValues'),
  },
  examples: ['config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'],
  run: async () => (await import('./config.run.js')).setSetting,
});

export const configGet = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Print the value of a setting',
  args: { name: required('name of the setting', 'visibleSettings') },
  fields: ['name', 'value', 'origin'],
  examples: ['config get project --output id'],
  run: async () => (await import('./config.run.js')).getSetting,
});

export const configUnset = command({
  name: 'unset',
  summary: 'Remove a setting',
  args: { name: required('name of the setting', 'settings') },
  examples: ['config unset private-key'],
  run: async () => (await import('./config.run.js')).unsetSetting,
});

export const configList = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List all settings',
  flags: { showOrigin: flag('show where each value comes from'), ...sorting },
  fields: ({ showOrigin }) => ['name', 'value', ...(showOrigin ? ['origin'] : [])],
  examples: ['config list --show-origin'],
  run: async () => (await import('./config.run.js')).listSettings,
});

const path = command({
  name: 'path',
  summary: 'Print the path of the configuration file',
  fields: ['path'],
  configuration: 'tolerated',
  examples: ['config path'],
  run: async () => (await import('./config.run.js')).printPath,
});

export const config = group({
  name: 'config',
  summary: 'Manage saved settings and credentials',
  examples: ['config set output json', 'config list --show-origin'],
  commands: [configSet, configGet, configUnset, configList, path],
});
