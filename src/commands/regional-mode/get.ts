import { command } from '../../command.js';

export const modeKeys = ['projectId', 'enabled'];

export const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show whether regional mode is enabled',
  fields: modeKeys,
  examples: ['regional-mode get --json'],
  run: () => import('./get.run.js'),
});
