import { type CloudRoute, cloudRead } from '../collection.js';
import { isSame, type WorldView } from '../world.js';
import {
  type AzureRequest,
  azureSubscriptions,
  inGroup,
  inSubscription,
  nameInId,
  resourceGroupIds,
  sandboxTenant,
} from './account.js';

/* The tenant, its subscriptions and their resource groups, which the Azure CLI reads when somebody signs in. */

/** https://learn.microsoft.com/en-us/rest/api/resources/tenants/list, in version 2022-12-01 */
const tenant = {
  id: `/tenants/${sandboxTenant}`,
  tenantId: sandboxTenant,
  displayName: 'Sandbox',
  tenantCategory: 'Home',
};

/** https://learn.microsoft.com/en-us/rest/api/resources/subscriptions/list and /get, in version 2022-12-01 */
function subscriptions({ world }: Pick<WorldView, 'world'>) {
  return azureSubscriptions(world.options.azure).map((subscriptionId) => ({
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId: sandboxTenant,
    displayName: 'Sandbox',
    state: 'Enabled',
    subscriptionPolicies: policies,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
  }));
}

// All public regions; pay as you go: https://learn.microsoft.com/en-us/azure/cost-management-billing/costs/understand-cost-mgt-data
const policies = { locationPlacementId: 'Public_2014-09-01', quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' };

/** https://learn.microsoft.com/en-us/rest/api/resources/resource-groups/get: it has no etag. */
function groupResource(id: string) {
  const properties = { provisioningState: 'Succeeded' };
  return { id, name: nameInId(id), type: 'Microsoft.Resources/resourceGroups', location: 'eastus2', properties };
}

function groupsIn(request: AzureRequest) {
  const { subscription = '' } = request.parts;
  return resourceGroupIds(request, subscription).filter((id) => isSame(id.split('/')[2] ?? '', subscription));
}

const resources = 'Microsoft.Resources';

// Guess: without the permission each of them is refused. Azure may leave out of a list what the caller can't read.
export const subscriptionRoutes: readonly CloudRoute<AzureRequest>[] = [
  cloudRead('/tenants', `${resources}/tenants/read`, () => ({ body: { value: [tenant] } })),
  cloudRead('/subscriptions', `${resources}/subscriptions/read`, (request) => ({
    body: { value: subscriptions(request) },
  })),
  cloudRead(inSubscription, `${resources}/subscriptions/read`, (request) => ({
    body: subscriptions(request).find(({ id }) => isSame(id, request.path)),
  })),
  cloudRead(`${inSubscription}/resourceGroups`, `${resources}/subscriptions/resourceGroups/read`, (request) => ({
    body: { value: groupsIn(request).map(groupResource) },
  })),
  cloudRead(inGroup, `${resources}/subscriptions/resourceGroups/read`, ({ group }) => ({
    body: groupResource(group),
  })),
];
