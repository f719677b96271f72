import { cmd } from '../../base/shell.js';
import type { CloudPlan, Created, Place, PlannedStep } from '../cloud-side.js';
import type { GcpAccess } from './compute.js';
import type { InGcp } from './existing.js';
import { canConnect, hasMark, isUsable, markOf, nameIn, type PscAddress, projectIn } from './model.js';

export interface GcpPlan extends CloudPlan {
  there: InGcp;
}

/** The plan that follows from what is there. */
export function planGcp(there: InGcp, access: GcpAccess): GcpPlan {
  const { region, rule, rules, wanted, service, addresses, name, unread } = there;
  const address = addresses.find((each) => each.name === name && hasMark(each, service));
  const isOurs = rule !== null && hasMark(rule, service);
  const dead = rules.filter((each) => each.target === service?.target && !isUsable(each, service));
  const isGlobal = rule ? rule.hasGlobalAccess : wanted.globalAccess;
  const isIgnored = rule !== null && wanted.globalAccess && !isGlobal;
  return {
    there,
    account: access.project,
    region,
    endpoint: rule,
    own: [...(address ? [created('address', address)] : []), ...(isOurs ? [created('forwarding-rule', rule)] : [])],
    left: dead.map(({ id }) => id),
    steps: stepsOf(there, address),
    places: placesOf(there, access),
    costs: [
      'GCP: the Private Service Connect endpoint per hour, data per GB',
      ...(isGlobal ? ['GCP: data transfer between regions per GB'] : []),
    ],
    commands: commandLines(there, address !== undefined),
    notes: [
      ...dead.map((each) => {
        const why = canConnect(each) ? 'was rejected by Atlas' : `is ${each.state}`;
        return `${each.id} ${why}. atlas-pe does not use or delete it.`;
      }),
      ...(unread === undefined ? [] : [`Cannot read the GCP resources. ${unread}`]),
      ...(isIgnored ? [`${rule.id} already exists, and atlas-pe does not change it. Ignored: --global-access.`] : []),
    ],
  };
}

export function created(stepId: 'address' | 'forwarding-rule', { id }: { id: string }): Created {
  return { stepId, title: stepId.replace('-', ' '), id };
}

function stepsOf({ rule, service, subnet, wanted, region }: InGcp, address: PscAddress | undefined): PlannedStep[] {
  const [ruleStep, addressStep] = [
    { id: 'forwarding-rule', title: 'Forwarding rule' },
    { id: 'address', title: 'Address' },
  ];
  if (rule) {
    const action = hasMark(rule, service) ? 'done' : 'adopt';
    return [{ ...ruleStep, action, detail: `${rule.id} (${rule.state})`, name: rule.id }];
  }
  const where = subnet?.path ?? wanted.subnet;
  const reach = wanted.globalAccess ? 'all regions' : region;
  return [
    address
      ? { ...addressStep, action: 'done', detail: `${address.name} (${address.ip})`, name: address.name }
      : { ...addressStep, action: 'create', detail: where ? `in subnet ${nameIn(where)}` : 'in the subnet' },
    { ...ruleStep, action: 'create', detail: `to the Atlas service, for clients in ${reach}` },
  ];
}

function placesOf({ rule, subnet, region, wanted }: InGcp, access: GcpAccess): Place[] {
  const network = rule?.network ?? subnet?.network ?? wanted.network ?? '';
  const host = projectIn(network);
  const shared = ['', access.project].includes(host) ? '' : ` of project ${host}`;
  const where = subnet ? `${nameIn(subnet.path)} (${subnet.cidr})` : nameIn(wanted.subnet ?? '');
  return [
    { title: 'Google project', detail: `${access.project}, signed in as ${access.who}` },
    ...(network === '' ? [] : [{ title: 'VPC network', detail: `${nameIn(network)}${shared}, ${region}` }]),
    ...(rule || where === '' ? [] : [{ title: 'Subnet', detail: where }]),
  ];
}

/**
 * The same as `gcloud` command lines, for somebody who may create things in GCP but has no access to Atlas. There are none
 * until every name is known.
 */
function commandLines({ project, region, service, rule, subnet, name, wanted }: InGcp, hasAddress: boolean): string[] {
  if (rule || !service?.target || !subnet || name === null) return [];
  const where = cmd`--project ${project} --region ${region} --description ${markOf(service)}`;
  const global = wanted.globalAccess ? ['--allow-psc-global-access'] : [];
  const lines = [
    [cmd`gcloud compute addresses create ${name} --subnet ${subnet.path}`, where],
    [
      cmd`gcloud compute forwarding-rules create ${name} --network ${subnet.network} --address ${name}`,
      cmd`--target-service-attachment ${service.target} ${global}`,
      where,
    ],
  ];
  return lines.slice(hasAddress ? 1 : 0).map((parts) => parts.map(({ text }) => text).join(' \\\n  '));
}
