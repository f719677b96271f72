import { type Branch, group, leaf, ofEndpoints, run, timeout, yes } from './shared.js';

const endpoint = 'id, region or Terraform import id of the private endpoint';
const both = '[endpoint] [interface]: either may be left out where it is clear';

/** interface. */
export const interfaces = [
  group(
    'interface',
    'The interface endpoints attached to a private endpoint',
    ['interface list', 'interface add us-east-1 vpce-0123456789abcdef0 --wait'],
    [
      leaf(
        'add',
        'Attach an interface endpoint that your cloud has',
        [
          'interface add us-east-1 vpce-0123456789abcdef0 --wait',
          'interface add eastus2 /subscriptions/…/privateEndpoints/mine --ip 10.0.0.4',
          'interface add us-central1 mine --gcp-project my-project-123 --endpoint rule-0@10.0.0.4',
        ],
        (command, open) =>
          ofEndpoints(
            command
              .argument('<endpoint>', endpoint)
              .argument('[interface]', 'AWS: vpce-…; Azure: the resource id; GCP: the name of the endpoint group')
              .option('--ip <address>', 'Azure: the address of the private endpoint')
              .option('--gcp-project <id>', 'GCP: the project that has the forwarding rules')
              .option('--endpoint <name@ip,...>', 'GCP: each forwarding rule and its address')
              .option('--group <name>', 'GCP: the name of the endpoint group')
              .option('--wait', 'wait until it is AVAILABLE')
              .option(...timeout)
              .option('--if-not-exists', 'where it is attached already, return it'),
          ).action(async (name, id, { endpoint: rules, ...options }) => {
            const { addInterface } = await import('../commands/interface/add.run.js');
            await run(open, { ...options, endpoint: name, id, rules }, addInterface);
          }),
      ),
      leaf(
        'get',
        'Show one interface endpoint',
        ['interface get us-east-1', 'interface get vpce-0123456789abcdef0 --json'],
        (command, open) =>
          ofEndpoints(command.argument('[name...]', both)).action(async (args, options) => {
            const { getInterface } = await import('../commands/interface/get.run.js');
            await run(open, { ...options, args }, getInterface);
          }),
      ),
      leaf(
        'list',
        'List the interface endpoints of one private endpoint, or of all',
        ['interface list', 'interface list us-east-1 --json'],
        (command, open) =>
          ofEndpoints(command.argument('[endpoint]', endpoint)).action(async (name, options) => {
            const { listInterfaces } = await import('../commands/interface/list.run.js');
            await run(open, { ...options, endpoint: name }, listInterfaces);
          }),
      ),
      leaf(
        'remove',
        'Detach an interface endpoint; the last one may take the private endpoint with it',
        ['interface remove us-east-1 vpce-0123456789abcdef0 --yes --wait'],
        (command, open) =>
          ofEndpoints(
            command
              .argument('[name...]', both)
              .option(...yes)
              .option('--wait', 'wait until it is gone')
              .option(...timeout)
              .option('--if-exists', 'where there is none, that is fine'),
          ).action(async (args, options) => {
            const { removeInterface } = await import('../commands/interface/remove.run.js');
            await run(open, { ...options, args }, removeInterface);
          }),
      ),
    ],
  ),
] satisfies Branch[];
