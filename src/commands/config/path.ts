import { command } from '../../command.js';

export const path = command({
  name: 'path',
  summary: 'Print the path of the configuration file',
  fields: ['path'],
  configuration: 'tolerated',
  examples: ['config path'],
  run: () => import('./path.run.js'),
});
