import { command } from '../../command.js';
import { sorting } from '../flags.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List profiles',
  flags: sorting,
  fields: ['name', 'current', 'from', 'credentials', 'secrets', 'project', 'baseUrl'],
  examples: ['profile list'],
  run: () => import('./list.run.js'),
});
