import { command, flag, optional, value, values } from '../command.js';
import { yes } from './flags.js';

/** What `connect` prints, and with --dry-run what it prints instead. */
const resultKeys = ['endpoint', 'interfaceEndpoint', 'cloud', 'connectionStrings', 'steps'];
const planKeys = ['projectId', 'provider', 'region', 'endpoint', 'cloud', 'steps', 'costs', 'commands', 'notes'];

export const connect = command({
  name: 'connect',
  summary: 'Set up both sides of a private endpoint, in Atlas and in your VPC (AWS)',
  args: {
    endpoint: optional(
      'id, region or Terraform import id (default: --region, or the only one in the project)',
      'endpoints',
    ),
  },
  flags: {
    region: value('<region>', 'region of the Atlas service: us-east-1 or US_EAST_1', 'newRegions'),
    provider: value('<provider>', 'only aws is supported (default: aws)', ['aws']),
    subnet: values('<id>', 'subnets of the VPC endpoint, one in each availability zone'),
    vpc: value(
      '<id>',
      'VPC to connect, with one subnet in each zone that the service supports (default: the only VPC)',
    ),
    securityGroup: values('<id>', 'security groups of the VPC endpoint (default: a new one)'),
    from: values(
      '<source>',
      "sources that the new security group allows: CIDRs or security groups (default: the VPC's CIDR blocks)",
    ),
    vpcRegion: value('<region>', 'region of the VPC, if it differs from the region of the service', 'awsRegions'),
    tag: values('<key=value>', 'tags for the new AWS resources'),
    awsProfile: value('<name>', 'AWS profile to use'),
    adopt: value('<vpce>', 'use this VPC endpoint instead of creating one'),
    dryRun: flag('print the plan and the AWS CLI commands without changing anything'),
    ...yes,
    timeout: value('<duration>', 'maximum time for all steps (default: 1h)'),
  },
  fields: ({ dryRun }) => (dryRun ? planKeys : resultKeys),
  examples: [
    'connect --region us-east-1 --vpc vpc-0123456789abcdef0',
    'connect us-east-1 --subnet subnet-0123456789abcdef0,subnet-0fedcba9876543210 --yes --json',
    'connect us-east-1 --dry-run',
    'connect us-east-1 --adopt vpce-0123456789abcdef0',
  ],
  run: async () => (await import('./connect.run.js')).run,
});
