import { command } from '../../command.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List profiles',
  fields: ['name', 'current', 'from', 'credentials', 'secrets', 'project', 'baseUrl'],
  examples: ['profile list'],
  run: () => import('./list.run.js'),
});
