import { endpointKeys } from '../atlas/keys.js';
import { command, flag } from '../command.js';
import { filter, onlyEndpoint, waiting, yes } from './flags.js';

export const deleteCommand = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete a private endpoint service',
  args: onlyEndpoint,
  flags: {
    ...filter,
    ...yes,
    cascade: flag('first remove the interface endpoints of the private endpoint service; implies --wait'),
    ...waiting('it is gone'),
    ifExists: flag('succeed if it does not exist'),
  },
  fields: endpointKeys,
  examples: ['delete us-east-1', 'delete us-east-1 --yes --wait --if-exists'],
  run: async () => (await import('./delete.run.js')).run,
});
