import { command } from '../command.js';

export const projects = command({
  name: 'projects',
  summary: 'List the projects that the credentials can access',
  fields: ['id', 'name'],
  examples: ['projects', 'projects --output id'],
  run: () => import('./projects.run.js'),
});
