import { command } from '../command.js';
import { sorting } from './flags.js';

export const projects = command({
  name: 'projects',
  summary: 'List the projects that the credentials can access',
  flags: sorting,
  fields: ['id', 'name'],
  examples: ['projects', 'projects --sort name', 'projects --output id'],
  run: async () => (await import('./projects.run.js')).run,
});
