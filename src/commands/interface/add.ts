import { interfaceKeys } from '../../atlas/keys.js';
import { byCloud } from '../../clouds/all.js';
import type { Cloud } from '../../clouds/cloud.js';
import { command, flag, optional, required, value, values } from '../../command.js';
import { filter, waiting } from '../flags.js';

/** Help for an option that only some clouds have. */
const option = (name: keyof Cloud['interfaces']['options']) => byCloud(({ interfaces }) => interfaces.options[name]);

export const add = command({
  name: 'add',
  summary: 'Attach an interface endpoint that you created in your cloud account',
  details:
    'Create the interface endpoint with your cloud first. The hint after atlas-pe get shows the command. Azure requires --ip. ' +
    'GCP requires --gcp-project and --ip. Without port mapping, GCP requires --gcp-project, --group and --endpoint.',
  args: {
    service: required('id, region or Terraform import id of the private endpoint service', 'endpoints', 'endpoint'),
    interface: optional(byCloud(({ interfaces }) => interfaces.shape.inHelp)),
  },
  flags: {
    ...filter,
    ip: value('<address>', option('ip')),
    gcpProject: value('<id>', option('gcpProject')),
    endpoint: values('<name@ip>', option('endpoint')),
    group: value('<name>', option('group')),
    ...waiting('it is AVAILABLE'),
    ifNotExists: flag('succeed if it is already attached'),
  },
  fields: interfaceKeys,
  examples: [
    'interface add us-east-1 vpce-0123456789abcdef0 --wait',
    'interface add eastus2 /subscriptions/…/privateEndpoints/mine --ip 10.0.0.4',
    'interface add us-east4 my-rule --gcp-project my-project-123 --ip 10.0.0.4',
  ],
  run: async () => (await import('./add.run.js')).run,
});
