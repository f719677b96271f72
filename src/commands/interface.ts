import { interfaceKeys } from '../atlas/keys.js';
import { byCloud } from '../clouds/all.js';
import type { CloudFacts } from '../clouds/facts.js';
import { command, flag, group, optional, required, value, values } from '../command.js';
import { agree, filter, sorting, waiting, yes } from './flags.js';

const load = () => import('./interface.run.js');

const option = (name: keyof CloudFacts['interfaces']['options']) =>
  byCloud(({ interfaces }) => interfaces.options[name]);

export const interfaceAdd = command({
  name: 'add',
  aliases: ['create', 'attach'],
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
  changes: 'adds',
  fields: interfaceKeys,
  examples: [
    'interface add us-east-1 vpce-0123456789abcdef0 --wait',
    'interface add eastus2 /subscriptions/…/privateEndpoints/mine --ip 10.0.0.4',
    'interface add us-east4 my-rule --gcp-project my-project-123 --ip 10.0.0.4',
  ],
  run: async () => (await load()).addInterface,
});

export const interfaceArgs = {
  endpoint: optional(
    'id, region or Terraform import id (default: the endpoint that the interface endpoint belongs to)',
    'interfaces',
  ),
  interface: optional('id of the interface endpoint (default: the only one)', 'interfaces'),
} as const;

export const interfaceGet = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show one interface endpoint',
  args: interfaceArgs,
  flags: filter,
  fields: interfaceKeys,
  examples: ['interface get us-east-1', 'interface get vpce-0123456789abcdef0 --json'],
  run: async () => (await load()).getInterface,
});

export const interfaceList = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the interface endpoints of one or all private endpoint services',
  args: {
    endpoint: optional(
      'id, region or Terraform import id of the private endpoint service (default: all)',
      'endpoints',
    ),
  },
  flags: { ...filter, ...sorting },
  fields: interfaceKeys,
  examples: ['interface list', 'interface list us-east-1 --json'],
  run: async () => (await load()).listInterfaces,
});

export const interfaceRemove = command({
  name: 'remove',
  aliases: ['delete', 'rm', 'detach'],
  summary: 'Remove an interface endpoint',
  details: 'Removing the last one may also delete the private endpoint service.',
  args: interfaceArgs,
  flags: {
    ...filter,
    ...agree,
    ...waiting('it is gone'),
    ifExists: flag('succeed if it does not exist'),
  },
  changes: 'always',
  fields: [...interfaceKeys, 'breaks'],
  examples: ['interface remove us-east-1 vpce-0123456789abcdef0 --yes --wait'],
  run: async () => (await load()).removeInterface,
});

export const interfaces = group({
  name: 'interface',
  summary: 'Attach, show, list and remove interface endpoints',
  examples: ['interface list', 'interface add us-east-1 vpce-0123456789abcdef0 --wait'],
  commands: [interfaceAdd, interfaceGet, interfaceList, interfaceRemove],
});

const modeKeys = ['projectId', 'enabled'];

const getMode = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show whether regional mode is enabled',
  fields: modeKeys,
  examples: ['regional-mode get --json'],
  run: async () => (await load()).getMode,
});

const changeMode = { flags: yes, changes: 'always', fields: modeKeys } as const;

const enableMode = command({
  ...changeMode,
  name: 'enable',
  summary: 'Enable regional mode (sharded clusters only); this changes connection strings',
  examples: ['regional-mode enable', 'regional-mode enable --yes'],
  run: async () => (await load()).enableMode,
});

const disableMode = command({
  ...changeMode,
  name: 'disable',
  summary: 'Disable regional mode; this changes connection strings',
  examples: ['regional-mode disable'],
  run: async () => (await load()).disableMode,
});

export const regionalMode = group({
  name: 'regional-mode',
  summary: 'Allow multiple private endpoints in a region',
  examples: ['regional-mode get', 'regional-mode enable --yes'],
  commands: [getMode, enableMode, disableMode],
});
