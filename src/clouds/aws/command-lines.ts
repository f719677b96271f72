import { cmd, option, Words } from '../../base/shell.js';
import type { Tags } from '../tags.js';
import { chosenGroups, type Existing, groupName, ownTags, ports, ruleSources } from './model.js';

/**
 * The same as `aws` command lines for bash and zsh, for somebody who may create things in AWS but has no access to
 * Atlas. They can be pasted as one block. There are none until every name is known.
 */
export function commandLines(there: Existing): string[] {
  const { region, serviceRegion, wanted, vpc, subnets, service } = there;
  const vpcId = vpc?.id ?? wanted.vpc;
  const ids = subnets.length > 0 ? subnets.map(({ id }) => id) : wanted.subnets;
  const known = chosenGroups(there);
  const sources = ruleSources(there);
  if (!service?.target || !vpcId || ids.length === 0 || known.length + sources.length === 0) return [];
  const tags = { ...wanted.tags, ...ownTags(service) };
  const lines: string[] = [];
  if (known.length === 0) {
    const create = broken([
      cmd`aws ec2 create-security-group --region ${region} --vpc-id ${vpcId}`,
      cmd`--group-name ${groupName(service)} --description ${'Clients of a MongoDB Atlas private endpoint'}`,
      tagged('security-group', tags),
      cmd`--query GroupId --output text`,
    ]);
    lines.push(`SG=$(${create})`);
    for (const source of sources) {
      const from = source.startsWith('sg-') ? cmd`--source-group ${source}` : cmd`--cidr ${source}`;
      const rule = cmd`--protocol tcp --port ${`${ports.fromPort}-${ports.toPort}`} ${from}`;
      lines.push(
        broken([cmd`aws ec2 authorize-security-group-ingress --region ${region} --group-id ${newGroup}`, rule]),
      );
    }
  }
  const remote = option('--service-region', serviceRegion === region ? undefined : serviceRegion);
  lines.push(
    broken([
      cmd`aws ec2 create-vpc-endpoint --region ${region} --vpc-id ${vpcId} --vpc-endpoint-type Interface`,
      cmd`--service-name ${service.target} ${remote}`,
      cmd`--subnet-ids ${ids}`,
      cmd`--security-group-ids ${known.length > 0 ? known : newGroup}`,
      tagged('vpc-endpoint', tags),
      cmd`--query VpcEndpoint.VpcEndpointId --output text`,
    ]),
  );
  return lines;
}

const newGroup = new Words('"$SG"');

/** One command in several lines. */
function broken(parts: readonly (Words | undefined)[]): string {
  return parts.flatMap((part) => part?.text ?? []).join(' \\\n  ');
}

/** As JSON, because the shorthand of the AWS CLI can't write every value. Escapes keep it ASCII, and the quotes closed. */
function tagged(type: string, tags: Tags): Words | undefined {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const list = Object.entries(tags).map(([Key, Value]) => JSON.stringify({ Key, Value }).replace(/[^ -~]|'/g, escaped));
  if (list.length === 0) return undefined;
  return new Words(`--tag-specifications '[{"ResourceType":"${type}","Tags":[\n    ${list.join(',\n    ')}]}]'`);
}
