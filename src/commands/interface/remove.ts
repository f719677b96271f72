import { interfaceKeys } from '../../atlas/keys.js';
import { command, flag } from '../../command.js';
import { filter, waiting, yes } from '../flags.js';
import { both } from './get.js';

export const remove = command({
  name: 'remove',
  aliases: ['rm'],
  summary: 'Remove an interface endpoint; removing the last one may also delete the private endpoint service',
  args: both,
  flags: { ...filter, ...yes, ...waiting('it is gone'), ifExists: flag('succeed if it does not exist') },
  fields: interfaceKeys,
  examples: ['interface remove us-east-1 vpce-0123456789abcdef0 --yes --wait'],
  run: async () => (await import('./remove.run.js')).run,
});
