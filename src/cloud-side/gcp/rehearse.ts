import { listed } from '../../base/listed.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import type { Compute } from './compute.js';
import { isGcpDenied, permissionHint, quotaHint } from './explain.js';
import { nameIn, projectIn } from './model.js';
import type { GcpPlan } from './plan.js';

/* Google has no dry run of a create. These are its ways to ask beforehand. */

const read = ['addresses.get', 'addresses.list', 'forwardingRules.get', 'forwardingRules.list', 'regionOperations.get'];
const compute = {
  create: [...read, 'addresses.createInternal', 'addresses.use', 'forwardingRules.create', 'forwardingRules.pscCreate'],
  delete: [...read, 'addresses.deleteInternal', 'forwardingRules.delete', 'forwardingRules.pscDelete'],
};

/** The permissions in the project. An endpoint registers itself in Service Directory. */
function permissionsTo(what: keyof typeof compute): string[] {
  const directory = ['namespaces', 'services'].map((each) => `servicedirectory.${each}.${what}`);
  return [...compute[what].map((each) => `compute.${each}`), ...directory];
}

/** Throws if a permission is missing. */
async function checkMissing({ io }: CloudContext, where: string, asked: Promise<readonly string[]>): Promise<void> {
  const missing = await asked.catch((error: unknown) => {
    // An API for this may be off, or not know a permission: what follows may be allowed.
    if (!isGcpDenied(error) && !(error instanceof CloudError && error.status === 400)) throw error;
    io.warn(`Cannot check the permissions in Google project ${where}. ${error.message}`);
    return [];
  });
  if (missing.length === 0) return;
  const what = `Missing permissions in Google project ${where}: ${listed(missing, 20)}.`;
  throw new CloudError(what, { exit: 'notAllowed', errorCode: 'forbidden', hint: permissionHint });
}

export async function rehearseDelete(google: Compute, line: CloudContext, project: string): Promise<void> {
  await checkMissing(line, project, google.missingInProject(permissionsTo('delete')));
}

const metrics = ['PSC_INTERNAL_LB_FORWARDING_RULES', 'INTERNAL_ADDRESSES'];

/** Throws if a permission or a quota for what the plan creates is missing. */
export async function rehearseCreate(google: Compute, line: CloudContext, { there, account }: GcpPlan): Promise<void> {
  const { rule, subnet } = there;
  if (rule || !subnet) return;
  const host = projectIn(subnet.path);
  // A host project may allow its network only where its subnet is.
  const network = host === account ? ['compute.networks.use'] : [];
  await checkMissing(line, account, google.missingInProject([...permissionsTo('create'), ...network]));
  const inSubnet = google.missingInSubnet(subnet.path, ['compute.subnetworks.use']);
  await checkMissing(line, `${host} (subnet ${nameIn(subnet.path)})`, inSubnet);
  // Who may create these may not always read quotas.
  const none = (error: unknown) => {
    if (!isGcpDenied(error)) throw error;
    return [];
  };
  const reads = [google.quotas('regions.get'), google.quotas('projects.get', `projects/${account}`)];
  const quotas = (await Promise.all(reads.map((read) => read.catch(none)))).flat();
  const full = quotas.find(
    ({ metric, limit, usage }) => metrics.includes(`${metric}`) && Number(usage) >= Number(limit),
  );
  if (!full) return;
  const what = `The quota ${full.metric} of Google project ${account} is used up (${full.usage} of ${full.limit}).`;
  throw new CloudError(what, { exit: 'notAllowed', errorCode: 'quotaExceeded', hint: quotaHint });
}
