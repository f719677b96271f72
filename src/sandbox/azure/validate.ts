import { Refusal } from '../refusal.js';
import type { CloudAnswer, CloudRequest } from '../rest.js';
import { groupId } from './ids.js';
import { findGroup } from './network.js';
import { AzureRefusal, azureError } from './refusal.js';
import { freeAddress, readWanted } from './wanted.js';

/** Checks a template with private endpoints as a PUT of each would, and creates nothing. */
export function validateDeployment(request: CloudRequest): CloudAnswer {
  const { subscription = '', group = '', deployment = '' } = request.parts;
  const place = findGroup(request.world, { subscription, group });
  const { properties } = Object(request.body) as {
    properties?: { mode?: unknown; template?: { resources?: unknown } };
  };
  const resources = properties?.template?.resources;
  if (!Array.isArray(resources) || !['Incremental', 'Complete'].includes(String(properties?.mode))) {
    const what = 'The request content was invalid: a deployment has a mode and a template with resources.';
    throw new AzureRefusal(400, 'InvalidRequestContent', what);
  }
  const details = resources.flatMap((resource) => {
    const { type, name, apiVersion, ...body } = Object(resource) as Record<string, unknown>;
    if (type !== 'Microsoft.Network/privateEndpoints' || typeof apiVersion !== 'string') {
      return [{ code: 'InvalidTemplate', message: `The sandbox does not support a resource of type '${type}'.` }];
    }
    try {
      freeAddress(request, readWanted(request, { ...place, name: String(name) }, body).subnet);
      return [];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [azureError(error)];
    }
  });
  if (details.length > 0) {
    const what = `The template deployment '${deployment}' is not valid according to the validation procedure.`;
    throw new AzureRefusal(400, 'InvalidTemplateDeployment', `${what} See inner errors for details.`, { details });
  }
  const id = `${groupId(place)}/providers/Microsoft.Resources/deployments/${deployment}`;
  const validated = { provisioningState: 'Succeeded', mode: properties?.mode };
  return { body: { id, name: deployment, type: 'Microsoft.Resources/deployments', properties: validated } };
}
