import { command, required } from '../../command.js';

export const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Print the value of a setting',
  args: { name: required('name of the setting', 'visibleSettings') },
  fields: ['name', 'value', 'origin'],
  examples: ['config get project --output id'],
  run: () => import('./get.run.js'),
});
