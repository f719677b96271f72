import { clouds, twoKindProvider } from '../clouds/all.js';
import { command, flag, optional, value } from '../command.js';
import { conversionKeys } from '../connections/convert/keys.js';
import { yes } from './flags.js';

const { older, title } = clouds[twoKindProvider];

export const convert = command({
  name: 'convert',
  summary: `Move a ${title} private endpoint to port mapping`,
  details:
    `Atlas disables ${title} private endpoints without port mapping on ${older?.day}. ` +
    'convert creates a new service with port mapping, waits until it is ready, and shows what to create in your cloud ' +
    'account. Run it again after that. It waits for the new connection strings, and prints the old and the new ones of ' +
    'each cluster. Change your applications, then run it with --finish to remove the old service. It continues from ' +
    'what exists, so you can run it again at any time.',
  args: {
    endpoint: optional(
      'id, region or Terraform import id (default: the only one without port mapping in the project)',
      'endpoints',
    ),
  },
  flags: {
    finish: flag('remove the old service and its interface endpoints, once the new service works'),
    ...yes,
    timeout: value('<duration>', 'maximum time to wait (default: 1h)'),
  },
  fields: conversionKeys,
  examples: ['convert us-east4', 'convert us-east4 --json', 'convert us-east4 --finish'],
  run: async () => (await import('./convert.run.js')).run,
});
