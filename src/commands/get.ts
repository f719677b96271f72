import { endpointKeys } from '../atlas/keys.js';
import { command } from '../command.js';
import { filter, onlyEndpoint, terraform } from './flags.js';

export const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show a private endpoint service',
  args: onlyEndpoint,
  flags: filter,
  fields: endpointKeys,
  formats: terraform,
  examples: ['get us-east-1', 'get us-east-1 --json | jq -r .endpointServiceName'],
  run: async () => (await import('./get.run.js')).run,
});
