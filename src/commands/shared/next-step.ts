import type { Endpoint } from '../../atlas/model.js';
import { isReady } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { referTo } from './endpoints.js';

/** What a hinted command needs that asks first: where nobody can be asked, its answer. */
export function yesOf({ io }: Pick<Context, 'io'>): string {
  return io.isInteractive ? '' : ' --yes';
}

/** The next step worth taking with an endpoint. */
export async function nextStep(context: Context, endpoint: Endpoint): Promise<string | undefined> {
  const { status, interfaceEndpoints } = endpoint;
  const { commandLine } = context;
  const reference = await referTo(context, endpoint);
  if (status === 'INITIATING') return `Wait until it is ready: ${commandLine(`wait ${reference}`)}`;
  if (status === 'FAILED') return [deleteFirst, ...replacing(context, endpoint, reference)].join('\n  ');
  if (!isReady(status) || interfaceEndpoints.length > 0) return undefined;
  const [cloud, attach] = connect(endpoint) ?? [];
  if (cloud === undefined) return undefined;
  const { serviceAttachmentNames: services } = endpoint;
  const each =
    Array.isArray(services) && services.length > 1
      ? `, with a forwarding rule for each of its ${services.length} service attachments`
      : '';
  // Each command line by itself, to be copied.
  return [`Connect to it${each}:`, cloud, commandLine(`interface add ${reference} ${attach}`)].join('\n  ');
}

export const deleteFirst = 'Delete it, then create it again:';

/** The command lines that delete an endpoint and create one like it. */
export function replacing(context: Context, endpoint: Endpoint, reference: string): string[] {
  const { provider, region, id, projectId, supportedRemoteRegions: remote, portMappingEnabled } = endpoint;
  const more = [
    ...(Array.isArray(remote) && remote.length > 0 ? [` --remote-region ${remote.join(' ')}`] : []),
    ...(portMappingEnabled === true ? [' --port-mapping'] : []),
    // An import id names the project.
    ...(reference === id ? [] : [` --project ${projectId}`]),
  ];
  return [
    context.commandLine(`delete ${reference} --wait${yesOf(context)}`),
    context.commandLine(`create --provider ${provider.toLowerCase()} --region ${region}${more.join('')}`),
  ];
}

/** The cloud's command that makes an interface endpoint, and what to attach then. */
function connect(endpoint: Endpoint): [cloud: string, attach: string] | undefined {
  const { provider, region, endpointServiceName, privateLinkServiceResourceId, serviceAttachmentNames } = endpoint;
  switch (provider) {
    case 'AWS': {
      const where = '--vpc-id VPC_ID --subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID';
      const what = `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --region ${region} --service-name ${endpointServiceName}`;
      return endpointServiceName === null ? undefined : [`${what} ${where}`, 'VPCE_ID'];
    }
    case 'AZURE': {
      const where = '--name NAME --resource-group GROUP --vnet-name VNET --subnet SUBNET --connection-name NAME';
      const what = `az network private-endpoint create --location ${region} --manual-request true --private-connection-resource-id ${privateLinkServiceResourceId}`;
      return typeof privateLinkServiceResourceId === 'string'
        ? [`${what} ${where}`, 'RESOURCE_ID --ip ADDRESS']
        : undefined;
    }
    case 'GCP': {
      const [first, ...others] = Array.isArray(serviceAttachmentNames) ? serviceAttachmentNames : [];
      const what = `gcloud compute forwarding-rules create NAME --region ${region} --network NETWORK --address ADDRESS --target-service-attachment ${first}`;
      const group = others.length > 0 ? ' --group GROUP' : '';
      return first === undefined
        ? undefined
        : [what, `--gcp-project PROJECT${group} --endpoint NAME@ADDRESS${others.length > 0 ? ' NAME@ADDRESS' : ''}`];
    }
  }
}
