import { digits } from '../chance.js';
import type { Read } from './action.js';
import { ec2PageOf } from './filters.js';
import { sandboxAccount } from './identity.js';
import { vpcsOf } from './network.js';
import type { StoredVpc } from './resources.js';
import type { Xml } from './xml.js';

/** Describes what each VPC has one of from the start. */
const ofEachVpc =
  (list: string, filter: string, answer: (vpc: StoredVpc) => Record<string, Xml>): Read =>
  (world, { query, region, now }) => {
    const filters = { 'vpc-id': ({ id }: StoredVpc) => [id], [filter]: () => [true] };
    const { page, nextToken } = ec2PageOf(query, vpcsOf(world, region, now), filters);
    const answers = page.map((vpc) => ({ ...answer(vpc), vpcId: vpc.id, ownerId: sandboxAccount, tagSet: [] }));
    return { [list]: answers, nextToken };
  };

export const describeRouteTables = ofEachVpc('routeTableSet', 'association.main', ({ id, cidrs }) => {
  const routeTableId = `rtb-0${digits(`routes of ${id}`, 16)}`;
  const associationSet = [{ routeTableId, main: true, associationState: { state: 'associated' } }];
  const routeSet = cidrs.map((cidr) => ({ destinationCidrBlock: cidr, gatewayId: 'local', state: 'active' }));
  return { routeTableId, routeSet, associationSet };
});

export const describeNetworkAcls = ofEachVpc('networkAclSet', 'default', ({ id }) => {
  const rule = { ruleNumber: 100, protocol: '-1', ruleAction: 'allow', cidrBlock: '0.0.0.0/0' };
  const entrySet = [true, false].map((egress) => ({ ...rule, egress }));
  return { networkAclId: `acl-0${digits(`acl of ${id}`, 16)}`, default: true, entrySet };
});

/** Only gateway endpoints have prefix lists, and the sandbox has none. */
export const describePrefixLists: Read = (_world, { query }) => {
  const { nextToken } = ec2PageOf<never>(query, [], { 'prefix-list-id': () => [], 'prefix-list-name': () => [] });
  return { prefixListSet: [], nextToken };
};
