import { endpointKeys, interfaceKeys } from '../atlas/keys.js';
import { untils } from '../atlas/status.js';
import { command, flag, several, value } from '../command.js';
import { filter } from './flags.js';

export const wait = command({
  name: 'wait',
  summary: 'Wait until private endpoint services reach a status',
  args: {
    endpoint: several('ids, regions or Terraform import ids (default: the only one in the project)', 'waitables'),
  },
  usage: 'atlas-pe wait until <status> [options] [endpoint...]',
  flags: {
    ...filter,
    until: value('<status>', 'status to wait for, such as AVAILABLE or DELETED (default: ready)', untils),
    all: flag('wait for all endpoints of the project'),
    interface: flag('wait for their interface endpoints (until AVAILABLE or DELETED)'),
    any: flag(
      'stop when the first endpoint reaches the status; without an endpoint argument, wait for any endpoint of the project',
    ),
    timeout: value('<duration>', 'maximum time to wait (default: 1h)'),
  },
  fields: (options) => (options.interface ? interfaceKeys : endpointKeys),
  examples: ['wait us-east-1 --until ready --timeout 20m', 'wait until WAITING_FOR_USER', 'wait --all --output jsonl'],
  run: async () => (await import('./wait.run.js')).run,
});
