import { endpointKeys } from '../atlas/model.js';
import { command, required, values } from '../command.js';
import { filter } from './flags.js';

export const update = command({
  name: 'update',
  summary: 'Set which other AWS regions may connect to an endpoint',
  args: { endpoint: required('id, region or Terraform import id', 'endpoints') },
  flags: {
    ...filter,
    remoteRegion: values('<region>', 'replace the list with these regions', 'awsRegions'),
    add: values('<region>', 'add these regions', 'awsRegions'),
    remove: values('<region>', 'remove these regions', 'awsRegions'),
  },
  fields: endpointKeys,
  examples: ['update us-east-1 --remote-region us-west-2,eu-west-1', 'update us-east-1 --remove eu-west-1'],
  run: () => import('./update.run.js'),
});
