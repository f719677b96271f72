import { UsageError } from '../../base/errors.js';
import { text, texts } from '../../base/json.js';
import { cmd, type Words } from '../../base/shell.js';
import { type CloudFacts, subnet, tag } from '../facts.js';
import { checkId, checkIp, regionTable } from '../shapes.js';

const regions = regionTable(`
centralus=US_CENTRAL eastus=US_EAST eastus2=US_EAST_2 northcentralus=US_NORTH_CENTRAL southcentralus=US_SOUTH_CENTRAL
westus=US_WEST westus2=US_WEST_2 westus3=US_WEST_3 westcentralus=US_WEST_CENTRAL eastus2euap=US_EAST_2_EUAP
canadacentral=CANADA_CENTRAL canadaeast=CANADA_EAST mexicocentral=MEXICO_CENTRAL
brazilsouth=BRAZIL_SOUTH brazilsoutheast=BRAZIL_SOUTHEAST chilecentral=CHILE_CENTRAL
northeurope=EUROPE_NORTH westeurope=EUROPE_WEST uksouth=UK_SOUTH ukwest=UK_WEST
francecentral=FRANCE_CENTRAL francesouth=FRANCE_SOUTH germanynorth=GERMANY_NORTH germanywestcentral=GERMANY_WEST_CENTRAL
italynorth=ITALY_NORTH norwayeast=NORWAY_EAST norwaywest=NORWAY_WEST polandcentral=POLAND_CENTRAL
spaincentral=SPAIN_CENTRAL swedencentral=SWEDEN_CENTRAL swedensouth=SWEDEN_SOUTH
switzerlandnorth=SWITZERLAND_NORTH switzerlandwest=SWITZERLAND_WEST
eastasia=ASIA_EAST southeastasia=ASIA_SOUTH_EAST indonesiacentral=INDONESIA_CENTRAL malaysiawest=MALAYSIA_WEST
centralindia=INDIA_CENTRAL southindia=INDIA_SOUTH westindia=INDIA_WEST
japaneast=JAPAN_EAST japanwest=JAPAN_WEST koreacentral=KOREA_CENTRAL koreasouth=KOREA_SOUTH
australiacentral=AUSTRALIA_CENTRAL australiacentral2=AUSTRALIA_CENTRAL_2 australiaeast=AUSTRALIA_EAST
australiasoutheast=AUSTRALIA_SOUTH_EAST newzealandnorth=NEW_ZEALAND_NORTH
israelcentral=ISRAEL_CENTRAL qatarcentral=QATAR_CENTRAL uaecentral=UAE_CENTRAL uaenorth=UAE_NORTH
southafricanorth=SOUTH_AFRICA_NORTH southafricawest=SOUTH_AFRICA_WEST`);

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const zeros = '00000000-0000-0000-0000-000000000000';
/** The characters of a resource group, which may be letters of any language. */
export const groupCharacters = '[\\w.()\\u00aa-\\uffff-]';
const inNetwork = `^/subscriptions/${guid}/resourceGroups/${groupCharacters}+/providers/Microsoft\\.Network`;
const example = `/subscriptions/${zeros}/resourceGroups/GROUP/providers/Microsoft.Network`;

const shape = {
  pattern: new RegExp(`${inNetwork}/privateEndpoints/[\\w.()-]+$`, 'i'),
  what: 'a valid resource id of an Azure private endpoint',
  inHelp: 'resource id of the Azure private endpoint',
  example: `${example}/privateEndpoints/NAME`,
};

export const azureSubnetShape = {
  pattern: new RegExp(`${inNetwork}/virtualNetworks/[\\w.-]+/subnets/[\\w.-]+$`, 'i'),
  what: 'a valid resource id of a subnet',
  example: `${example}/virtualNetworks/VNET/subnets/SUBNET`,
};

export const azureSubscriptionShape = {
  pattern: new RegExp(`^${guid}$`, 'i'),
  what: 'a valid subscription id',
  example: `${zeros}. To list yours: az account list --output table`,
};

/** The parts of `/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/TYPE/NAME`, or of a subnet's id. */
export function idParts(id: string) {
  const parts = id.split('/');
  const [, , subscription = '', , group = ''] = parts;
  // A VNet is the parent of a subnet.
  const [groupId, vnetId] = [5, 9].map((count) => parts.slice(0, count).join('/')) as [string, string];
  return { subscription, group, groupId, vnetId, name: parts.at(-1) ?? '' };
}

/** An endpoint of a private link service has its address only in its network interface. */
const nicOf = (id: Words) =>
  cmd`NIC=$(az network private-endpoint show --ids ${id} --query 'networkInterfaces[0].id' --output tsv)`;
const addressOfNic = cmd`az network nic show --ids "$NIC" --query 'ipConfigurations[0].privateIPAddress' --output tsv`;

export const azure = {
  title: 'Azure',
  account: 'Azure subscription',
  cli: 'Azure CLI',
  firewalls: 'network security groups',
  regions,
  regionShape: /^(?:[a-z]{4,}[1-9]?|[a-z]+(?:-[a-z]+)+(?:-[1-9])?)$/,
  newRegion: (text) => ({ region: text, atlasRegion: text }),
  readyTimes: { least: 42, p95: 78 },
  service: {
    keys: { privateLinkServiceName: text, privateLinkServiceResourceId: text, privateEndpoints: texts },
    attached: 'privateEndpoints',
    label: ({ privateLinkServiceName: name, privateLinkServiceResourceId: resource }) =>
      text(name) ?? text(resource)?.split('/').at(-1) ?? null,
    written: /^(?:\/subscriptions\/.+\/privateLinkServices\/)?(pls_[0-9a-f]{24})$/i,
    target: ({ privateLinkServiceResourceId }) => text(privateLinkServiceResourceId),
    ports: () => ({ from: 1024, to: 2524 }),
  },
  interfaces: {
    keys: { privateEndpointIPAddress: text, privateEndpointConnectionName: text },
    statuses: 'INITIATING, AVAILABLE; FAILED, DELETING',
    shape,
    mark: /^\/subscriptions\//i,
    parts: ({ privateEndpointIPAddress }) => [{ name: null, address: text(privateEndpointIPAddress), status: null }],
    options: { ip: 'IP address of the Azure private endpoint' },
    read: ({ id, ip }) => {
      if (id === undefined)
        throw new UsageError('Missing resource id of the Azure private endpoint.', `Example: ${shape.example}`);
      checkId(shape, id);
      if (ip === undefined) {
        throw new UsageError('Missing IP address of the Azure private endpoint.', {
          text: 'Set it with --ip. To look it up in bash or zsh:',
          commands: [nicOf(cmd`${id}`).text, addressOfNic.text],
        });
      }
      return { id, body: { id, privateEndpointIPAddress: checkIp(ip) } };
    },
    cleanUp: ({ id }) => [cmd`az network private-endpoint delete --ids ${id}`],
    terraform: { source: 'hashicorp/azurerm', version: '>= 4.0', target: 'private_link_service_resource_id' },
    signIn: ({ id }) => ({ subscription: idParts(id).subscription }),
  },
  setup: {
    network: {
      subnet,
      vnet: { kind: 'value', term: '<name>', help: 'Azure: virtual network of the subnet' },
      resourceGroup: { kind: 'value', term: '<name>', help: 'Azure: resource group of the virtual network' },
      tag,
    },
    signIn: { subscription: { kind: 'value', term: '<id>', help: 'Azure: id of the subscription' } },
    accountInId: /\bsubscriptions\/([^/]+)\//i,
    networkTitle: 'virtual network',
    placeholder: 'RESOURCE_ID',
    steps: [{ id: 'private-endpoint', title: 'Private endpoint' }],
    checks: [
      { id: 'cloud-target', title: 'Target of the private endpoint' },
      { id: 'cloud-nsg', title: 'Network security group' },
      { id: 'cloud-dns-servers', title: 'DNS servers of the virtual network' },
    ],
  },
} as const satisfies CloudFacts;
