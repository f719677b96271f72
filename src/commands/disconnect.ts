import { command, flag, value } from '../command.js';
import { yes } from './flags.js';
import { interfaceArgs } from './interface.js';

const resultKeys = ['endpoint', 'interfaceEndpointId', 'cloud', 'steps'];
const planKeys = ['projectId', 'region', 'endpoint', 'cloud', 'steps', 'notes'];

export const disconnect = command({
  name: 'disconnect',
  summary: 'Remove both sides of a private endpoint that connect created (AWS)',
  args: interfaceArgs,
  flags: {
    region: value('<region>', 'only endpoints in this region', 'regions'),
    keepService: flag('keep the Atlas service'),
    vpcRegion: value(
      '<region>',
      'also search this region for resources that connect created (needed if the service is gone)',
      'awsRegions',
    ),
    awsProfile: value('<name>', 'profile of the AWS configuration'),
    dryRun: flag('print the plan without changing anything'),
    ...yes,
    timeout: value('<duration>', 'maximum time for everything (default: 1h)'),
    ifExists: flag('succeed if there is nothing to remove'),
  },
  fields: ({ dryRun }) => (dryRun ? planKeys : resultKeys),
  examples: ['disconnect us-east-1', 'disconnect us-east-1 vpce-0123456789abcdef0 --keep-service --yes'],
  run: async () => (await import('./disconnect.run.js')).run,
});
