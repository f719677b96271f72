import { endpointKeys } from '../atlas/model.js';
import { command, flag } from '../command.js';
import { filter, onlyEndpoint, waiting, yes } from './flags.js';

export const deleteEndpoint = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete a private endpoint service',
  args: onlyEndpoint,
  flags: {
    ...filter,
    ...yes,
    cascade: flag('remove its interface endpoints first; implies --wait'),
    ...waiting('it is gone'),
    ifExists: flag("succeed if it doesn't exist"),
  },
  fields: endpointKeys,
  examples: ['delete us-east-1', 'delete us-east-1 --yes --wait --if-exists'],
  run: () => import('./delete.run.js'),
});
