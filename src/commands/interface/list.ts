import { interfaceKeys } from '../../atlas/keys.js';
import { command, optional } from '../../command.js';
import { filter, sorting } from '../flags.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the interface endpoints of one or all private endpoint services',
  args: {
    endpoint: optional('id, region or Terraform import id of the private endpoint service (default: all)', 'endpoints'),
  },
  flags: { ...filter, ...sorting },
  fields: interfaceKeys,
  examples: ['interface list', 'interface list us-east-1 --json'],
  run: async () => (await import('./list.run.js')).run,
});
