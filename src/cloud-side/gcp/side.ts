import { clouds } from '../../clouds/all.js';
import type { CloudContext, CloudSide } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { CloudError } from '../errors.js';
import { type GcpAccess, openCompute } from './compute.js';
import { markOf, nameIn, ruleVerdict, withOwners } from './model.js';
import { created, type GcpPlan, type GcpWanted, type InGcp, planGcp, readGcp } from './plan.js';
import { rehearseCreate } from './rehearse.js';

interface GcpOptions extends SideTarget {
  access: GcpAccess;
  wanted: GcpWanted;
}

/** The user's end of a private endpoint in GCP: an address and a forwarding rule. */
export function openGcpSide(
  { region, access, wanted, isBlindAllowed, like = [] }: GcpOptions,
  line: CloudContext,
): CloudSide<GcpPlan> {
  const { project, principal } = access;
  const compute = openCompute(region, access, line);
  const planOf = (there: InGcp) => planGcp(there, access);
  return {
    survey: async (service) => {
      const asked = { project, region, wanted, service };
      try {
        return planOf(await readGcp(compute, line, asked, like));
      } catch (error) {
        // A rule that is adopted must be read: Atlas needs its address.
        const isBlind = isBlindAllowed && wanted.adopt === undefined;
        if (!isBlind || !(error instanceof CloudError) || error.exit !== 'notAllowed') throw error;
        const nothing = { rules: [], addresses: [], rule: null, subnet: null, name: null };
        return planOf({ ...asked, ...nothing, unread: error.message });
      }
    },
    rehearse: async ({ there: { rule, subnet } }) => {
      if (!rule && subnet) await rehearseCreate(compute, line, project, subnet);
    },
    owned: async ({ there }, projectId) =>
      withOwners([...there.rules, ...there.addresses], region, projectId).filter(({ ownerId }) => ownerId !== null),
    carryOut: async (stepId, { there }, service, onCreated) => {
      const { subnet, addresses, rules, name } = there;
      const about = { name: name ?? '', description: markOf(service) };
      if (stepId === 'address') {
        const body = { ...about, addressType: 'INTERNAL', subnetwork: subnet?.path ?? '' };
        const address = await compute.addresses.create(body);
        onCreated(created(stepId, address));
        return planOf({ ...there, addresses: [...addresses, address] });
      }
      const rule = await compute.rules.create({
        ...about,
        target: service.target,
        network: subnet?.network ?? '',
        IPAddress: `projects/${project}/regions/${region}/addresses/${name}`,
        ...(wanted.globalAccess && { allowPscGlobalAccess: true }),
      });
      onCreated(created('forwarding-rule', rule));
      return planOf({ ...there, rules: [...rules, rule], rule });
    },
    read: compute.rules.get,
    statusVerdict: ruleVerdict,
    withEndpoint: ({ there }, { state }) => planOf({ ...there, rule: there.rule && { ...there.rule, state } }),
    attachment: ({ there: { rule } }) =>
      clouds.GCP.interfaces.read({ id: rule?.id, ip: rule?.ip, gcpProject: project }),
    facts: ({ there: { rule, subnet, addresses } }) => {
      const path = subnet?.path ?? addresses.find(({ ip }) => ip === rule?.ip)?.subnet;
      const network = rule?.network ?? subnet?.network;
      return {
        provider: 'GCP',
        account: project,
        principal,
        region,
        network: network === undefined ? null : nameIn(network),
        subnets: path ? [nameIn(path)] : [],
        interfaceEndpointId: rule?.id ?? null,
        ipAddress: rule?.ip ?? null,
        globalAccess: rule?.hasGlobalAccess ?? wanted.globalAccess,
      };
    },
    close: () => undefined,
  };
}
