import type { Endpoint } from '../atlas/model.js';
import { isReady } from '../atlas/status.js';
import type { Context } from '../context.js';
import { quote } from '../base/shell.js';
import { referTo } from './find.js';

/** What a hinted command needs that asks first: where nobody can be asked, its answer. */
export function yesOf({ io }: Pick<Context, 'io'>): string {
  return io.isInteractive ? '' : ' --yes';
}

/** Hints at the next step worth taking with an endpoint. */
export async function hintNextStep(context: Context, endpoint: Endpoint): Promise<void> {
  const { io, commandLine } = context;
  if (!io.givesHints) return;
  const { status, interfaceEndpoints } = endpoint;
  const reference = await referTo(context, endpoint);
  if (status === 'INITIATING') return io.hint('Wait until it is ready:', [commandLine(`wait ${reference}`)]);
  if (status === 'FAILED') return io.hint(deleteFirst, replacing(context, endpoint, reference));
  const [cloud, attach] = connect(endpoint) ?? [];
  if (!isReady(status) || interfaceEndpoints.length > 0 || cloud === undefined) return;
  const { serviceAttachmentNames: services } = endpoint;
  const each =
    Array.isArray(services) && services.length > 1
      ? `, with a forwarding rule for each of its ${services.length} service attachments`
      : '';
  io.hint(`Connect to it${each}:`, [cloud, commandLine(`interface add ${reference} ${attach}`)]);
}

export const deleteFirst = 'Delete it, then create it again:';

/** The command lines that delete an endpoint and create one like it. */
export function replacing(context: Context, endpoint: Endpoint, reference: string): string[] {
  const { provider, region, id, projectId, supportedRemoteRegions: remote, portMappingEnabled } = endpoint;
  const more = [
    ...(Array.isArray(remote) && remote.length > 0 ? [` --remote-region ${quote(remote.join(','))}`] : []),
    ...(portMappingEnabled === true ? [' --port-mapping'] : []),
    // An import id names the project.
    ...(reference === id ? [] : [` --project ${projectId}`]),
  ];
  return [
    context.commandLine(`delete ${reference} --wait${yesOf(context)}`),
    context.commandLine(`create --provider ${provider.toLowerCase()} --region ${quote(region)}${more.join('')}`),
  ];
}

/** The cloud's command that makes an interface endpoint, and what to attach then. */
function connect(endpoint: Endpoint): [cloud: string, attach: string] | undefined {
  const { provider, region, endpointServiceName, privateLinkServiceResourceId, serviceAttachmentNames } = endpoint;
  switch (provider) {
    case 'AWS': {
      const where = '--vpc-id VPC_ID --subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID';
      const what = `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --region ${quote(region)} --service-name ${quote(endpointServiceName ?? '')}`;
      return endpointServiceName === null ? undefined : [`${what} ${where}`, 'VPCE_ID'];
    }
    case 'AZURE': {
      const where = '--name NAME --resource-group GROUP --vnet-name VNET --subnet SUBNET --connection-name NAME';
      const what = `az network private-endpoint create --location ${quote(region)} --manual-request true --private-connection-resource-id ${quote(String(privateLinkServiceResourceId))}`;
      return typeof privateLinkServiceResourceId === 'string'
        ? [`${what} ${where}`, 'RESOURCE_ID --ip ADDRESS']
        : undefined;
    }
    case 'GCP': {
      const [first, ...others] = Array.isArray(serviceAttachmentNames) ? serviceAttachmentNames : [];
      const what = `gcloud compute forwarding-rules create NAME --region ${quote(region)} --network NETWORK --address ADDRESS --target-service-attachment ${quote(String(first))}`;
      const group = others.length > 0 ? ' --group GROUP' : '';
      return first === undefined
        ? undefined
        : [what, `--gcp-project PROJECT${group} --endpoint NAME@ADDRESS${others.length > 0 ? ',NAME@ADDRESS' : ''}`];
    }
  }
}
