import { command, group } from '../command.js';
import { yes } from './flags.js';

const modeKeys = ['projectId', 'enabled'];

const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show whether regional mode is enabled',
  fields: modeKeys,
  examples: ['regional-mode get --json'],
  run: async () => (await import('./regional-mode.run.js')).getMode,
});

const enable = command({
  name: 'enable',
  summary: 'Enable regional mode (sharded clusters only); this changes connection strings',
  flags: yes,
  changes: 'always',
  fields: modeKeys,
  examples: ['regional-mode enable', 'regional-mode enable --yes'],
  run: async () => (await import('./regional-mode.run.js')).enableMode,
});

const disable = command({
  name: 'disable',
  summary: 'Disable regional mode; this changes connection strings',
  flags: yes,
  changes: 'always',
  fields: modeKeys,
  examples: ['regional-mode disable'],
  run: async () => (await import('./regional-mode.run.js')).disableMode,
});

export const regionalMode = group({
  name: 'regional-mode',
  summary: 'Allow multiple private endpoints in a region',
  examples: ['regional-mode get', 'regional-mode enable --yes'],
  commands: [get, enable, disable],
});
