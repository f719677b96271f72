import { command } from '../../command.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the profiles',
  fields: ['name', 'current', 'from', 'credentials', 'secrets', 'project', 'baseUrl'],
  examples: ['profile list'],
  run: () => import('./list.run.js'),
});
