import { listed } from '../../base/listed.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import type { Compute } from './compute.js';
import { isGcpDenied, permissionHint, quotaHint } from './explain.js';
import { projectIn } from './model.js';
import type { GcpPlan } from './plan.js';

/* Google has no dry run of a create. These are its ways to ask beforehand. */

const toRead = [
  'addresses.get',
  'addresses.list',
  'forwardingRules.get',
  'forwardingRules.list',
  'regionOperations.get',
];
const permissions = {
  create: [
    ...[...toRead, 'addresses.createInternal', 'addresses.use', 'forwardingRules.create', 'forwardingRules.pscCreate'],
  ].map((each) => `compute.${each}`),
  delete: [...[...toRead, 'addresses.deleteInternal', 'forwardingRules.delete', 'forwardingRules.pscDelete']].map(
    (each) => `compute.${each}`,
  ),
};

/** Throws if a permission to create or to delete is missing. */
export async function checkPermissions(
  compute: Compute,
  { io }: CloudContext,
  project: string,
  what: keyof typeof permissions,
  subnet?: string,
): Promise<void> {
  // An endpoint registers itself in Service Directory.
  const directory = ['namespaces', 'services'].map((each) => `servicedirectory.${each}.${what}`);
  // The network of a shared VPC belongs to another project.
  const network = subnet !== undefined && projectIn(subnet) === project ? ['compute.networks.use'] : [];
  const ask = (request: Promise<readonly string[]>) =>
    request.catch((error: unknown) => {
      // An API for this may be off: what follows may be allowed.
      if (!isGcpDenied(error) && !(error instanceof CloudError && error.status === 400)) throw error;
      io.warn(`Cannot check the permissions in Google project ${project}. ${error.message}`);
      return [];
    });
  const asked = [...permissions[what], ...directory, ...network];
  const inSubnet = subnet === undefined ? [] : await ask(compute.missingInSubnet(subnet, ['compute.subnetworks.use']));
  const missing = [...(await ask(compute.missingInProject(asked))), ...inSubnet];
  if (missing.length === 0) return;
  const where = subnet === undefined ? project : `${project}, or in the subnet`;
  throw new CloudError(`Missing permissions in Google project ${where}: ${listed(missing, 20)}.`, {
    exit: 'notAllowed',
    errorCode: 'forbidden',
    hint: permissionHint,
  });
}

const metrics = ['PSC_INTERNAL_LB_FORWARDING_RULES', 'INTERNAL_ADDRESSES'];

/** Throws if a permission or a quota for what the plan creates is missing. */
export async function rehearse(compute: Compute, line: CloudContext, { there, account }: GcpPlan): Promise<void> {
  const { rule, subnet } = there;
  if (rule || !subnet) return;
  await checkPermissions(compute, line, account, 'create', subnet.path);
  // Who may create these may not always read quotas.
  const none = (error: unknown) => {
    if (!isGcpDenied(error)) throw error;
    return [];
  };
  const reads = [compute.quotas('regions.get'), compute.quotas('projects.get', `projects/${account}`)];
  const quotas = (await Promise.all(reads.map((read) => read.catch(none)))).flat();
  const full = quotas.find(
    ({ metric, limit, usage }) => metrics.includes(`${metric}`) && Number(usage) >= Number(limit),
  );
  if (!full) return;
  const what = `The quota ${full.metric} of Google project ${account} is used up (${full.usage} of ${full.limit}).`;
  throw new CloudError(what, { exit: 'notAllowed', errorCode: 'quotaExceeded', hint: quotaHint });
}
