import { interfaceKeys } from '../../atlas/keys.js';
import { command, optional } from '../../command.js';
import { filter } from '../flags.js';

/** Which interface endpoint. A single argument can be either of the two. */
export const both = {
  endpoint: optional(
    'id, region or Terraform import id (default: the endpoint that the interface endpoint belongs to)',
    'interfaces',
  ),
  interface: optional('id of the interface endpoint (default: the only one)', 'interfaces'),
} as const;

export const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show one interface endpoint',
  args: both,
  flags: filter,
  fields: interfaceKeys,
  examples: ['interface get us-east-1', 'interface get vpce-0123456789abcdef0 --json'],
  run: async () => (await import('./get.run.js')).run,
});
