import { at, objects, text } from '../../base/json.js';
import type { TerraformResource } from '../facts.js';
import { idParts } from './facts.js';
import type { AzureEndpoint } from './model.js';

const noZones = 'A private DNS zone group is not exported: add private_dns_zone_group, or the plan removes it.';

/** A private endpoint as a resource of Terraform's azurerm provider below a comment, or why it can't be one. */
export function privateEndpointResources(endpoint: AzureEndpoint): (TerraformResource | string)[] | string {
  const { id, name, region, subnet, target, tags, answer } = endpoint;
  const { subscription, group } = idParts(id);
  const of = (key: string) => at(answer, 'properties', key);
  const [connection] = objects(of('manualPrivateLinkServiceConnections'));
  const message = text(at(connection, 'properties', 'requestMessage'));
  if (!message) return "It has no request message, which Terraform's azurerm provider requires.";
  const service = { private_connection_resource_id: target, is_manual_connection: true, request_message: message };
  const values = {
    name,
    resource_group_name: group,
    location: region,
    subnet_id: subnet,
    custom_network_interface_name: text(of('customNetworkInterfaceName')) || null,
    tags,
    ip_configuration: objects(of('ipConfigurations')).map(({ name, properties }) => ({
      name,
      private_ip_address: at(properties, 'privateIPAddress'),
      subresource_name: at(properties, 'groupId') || null,
      member_name: at(properties, 'memberName') || null,
    })),
    private_service_connection: [{ name: connection?.name, ...service }],
  };
  const account = subscription.toLowerCase();
  const alias = `subscription_${account.replaceAll(/\W/g, '_')}`;
  const provider = { alias, subscription_id: account, features: [{}] };
  return [noZones, { type: 'azurerm_private_endpoint', id, atlasId: id, importId: id, values, provider }];
}
