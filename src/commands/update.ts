import { endpointKeys } from '../atlas/keys.js';
import { command, required, values } from '../command.js';
import { filter } from './flags.js';

export const update = command({
  name: 'update',
  summary: 'Set the remote regions of an endpoint: other AWS regions that may connect',
  args: { endpoint: required('id, region or Terraform import id', 'endpoints') },
  flags: {
    ...filter,
    remoteRegion: values('<region>', 'replace the remote regions with these', 'awsRegions'),
    add: values('<region>', 'add these remote regions', 'awsRegions'),
    remove: values('<region>', 'remove these remote regions', 'awsRegions'),
  },
  fields: endpointKeys,
  examples: ['update us-east-1 --remote-region us-west-2,eu-west-1', 'update us-east-1 --remove eu-west-1'],
  run: async () => (await import('./update.run.js')).run,
});
