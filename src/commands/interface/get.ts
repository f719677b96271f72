import { interfaceKeys } from '../../atlas/interfaces.js';
import { command, several } from '../../command.js';
import { filter } from '../flags.js';

/** `[endpoint] [interface]` */
export const both = {
  name: several('[endpoint] [interface]: either may be omitted if there is only one', 'interfaces'),
} as const;

export const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show one interface endpoint',
  args: both,
  flags: filter,
  fields: interfaceKeys,
  examples: ['interface get us-east-1', 'interface get vpce-0123456789abcdef0 --json'],
  run: () => import('./get.run.js'),
});
