import { cmd, option, type Words } from '../../base/shell.js';
import type { Existing } from './existing.js';
import { groupName, ownTags } from './model.js';
import { ports, sourcesOf } from './rules.js';

/** The same as `aws` command lines, for somebody who may create things in AWS but has no access to Atlas. */
export function commandLines(there: Existing): string[] {
  const { region, serviceRegion, wanted, vpc, subnets, service, ownGroup } = there;
  const vpcId = vpc?.id ?? wanted.vpc ?? 'VPC_ID';
  const tags = service ? Object.entries({ ...wanted.tags, ...ownTags(service) }) : Object.entries(wanted.tags);
  const tagged = (kind: string) => {
    const list = tags.map(([key, value]) => `{Key=${key},Value=${value}}`).join(',');
    return option('--tag-specifications', list === '' ? undefined : `ResourceType=${kind},Tags=[${list}]`);
  };
  const lines: Words[] = [];
  const known = wanted.groups.length > 0 ? wanted.groups : ownGroup ? [ownGroup.id] : [];
  if (known.length === 0) {
    const name = groupName({ id: service?.id ?? 'clients' });
    const about = cmd`--group-name ${name} --description ${'Clients of a MongoDB Atlas private endpoint'}`;
    lines.push(
      cmd`aws ec2 create-security-group --region ${region} ${about} --vpc-id ${vpcId} ${tagged('security-group')}`,
    );
    const sources = sourcesOf(there);
    for (const source of sources.length > 0 ? sources : ['VPC_CIDR']) {
      const from = source.startsWith('sg-') ? cmd`--source-group ${source}` : cmd`--cidr ${source}`;
      const allowed = cmd`--protocol tcp --port ${`${ports.fromPort}-${ports.toPort}`} ${from}`;
      lines.push(
        cmd`aws ec2 authorize-security-group-ingress --region ${region} --group-id SECURITY_GROUP_ID ${allowed}`,
      );
    }
  }
  const groups = known.length > 0 ? known : ['SECURITY_GROUP_ID'];
  const ids =
    subnets.length > 0 ? subnets.map(({ id }) => id) : wanted.subnets.length > 0 ? wanted.subnets : ['SUBNET_ID'];
  const name = service?.name ?? 'SERVICE_NAME';
  const remote = option('--service-region', serviceRegion === region ? undefined : serviceRegion);
  const where = cmd`--vpc-id ${vpcId} --subnet-ids ${ids} --security-group-ids ${groups} ${tagged('vpc-endpoint')}`;
  lines.push(
    cmd`aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --region ${region} --service-name ${name} ${remote} ${where}`,
  );
  return lines.map(({ text }) => text);
}
