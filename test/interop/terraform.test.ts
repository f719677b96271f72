import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bySdk } from './aws-clients.js';
import { anyVpce, attached, hasOlderKind } from './clouds.js';
import { hasTerraform } from './peers.js';
import { type Served, serve, unanswered } from './served.js';

const provider = `terraform {
  required_providers {
    mongodbatlas = { source = "mongodb/mongodbatlas" }
    aws          = { source = "hashicorp/aws" }
  }
}
`;

/** A private endpoint, and something attached to it. */
function resources(name: string, endpoint: string, attachment: string): string {
  return `resource "mongodbatlas_privatelink_endpoint" "${name}" {
  project_id = "${project}"
  ${endpoint}
}
resource "mongodbatlas_privatelink_endpoint_service" "${name}" {
  project_id      = mongodbatlas_privatelink_endpoint.${name}.project_id
  private_link_id = mongodbatlas_privatelink_endpoint.${name}.private_link_id
  provider_name   = mongodbatlas_privatelink_endpoint.${name}.provider_name
  ${attachment}
}
`;
}

const project = '64f0c2a7e1b2c3d4e5f60718';
const rule = (number: number) => `endpoints {
    endpoint_name = "rule-${number}"
    ip_address    = "10.0.0.${number}"
  }
  `;
const rules = [1, 2, 3, 4, 5, 6].map(rule).join('');
const everyCloud = [
  resources('aws', 'provider_name = "AWS"\n  region = "US_EAST_1"', `endpoint_service_id = "${attached.aws}"`),
  resources(
    'azure',
    'provider_name = "AZURE"\n  region = "US_EAST_2"',
    `endpoint_service_id = "${attached.azure}"\n  private_endpoint_ip_address = "10.0.0.4"`,
  ),
  hasOlderKind
    ? resources(
        'gcp',
        'provider_name = "GCP"\n  region = "CENTRAL_US"',
        `endpoint_service_id = "${attached.gcp}"\n  gcp_project_id = "my-project"\n  ${rules}`,
      )
    : '',
  resources(
    'mapped',
    'provider_name = "GCP"\n  region = "US_EAST_4"\n  port_mapping_enabled = true',
    `endpoint_service_id = "${attached.mapped}"\n  gcp_project_id = "my-project"\n  private_endpoint_ip_address = "10.0.0.9"`,
  ),
].join('');

/** Both sides on AWS, as MongoDB's documentation of the provider has them. */
const bothSides = (network: string) => `provider "aws" {}
${network}
resource "mongodbatlas_privatelink_endpoint" "atlas" {
  project_id    = "${project}"
  provider_name = "AWS"
  region        = "US_EAST_1"
}
resource "aws_vpc_endpoint" "atlas" {
  vpc_id             = local.vpc_id
  service_name       = mongodbatlas_privatelink_endpoint.atlas.endpoint_service_name
  vpc_endpoint_type  = "Interface"
  subnet_ids         = local.subnet_ids
  security_group_ids = [aws_security_group.atlas.id]
  tags               = { team = var.team }
}
resource "mongodbatlas_privatelink_endpoint_service" "atlas" {
  project_id          = mongodbatlas_privatelink_endpoint.atlas.project_id
  private_link_id     = mongodbatlas_privatelink_endpoint.atlas.private_link_id
  endpoint_service_id = aws_vpc_endpoint.atlas.id
  provider_name       = "AWS"
}
variable "team" { default = "data" }
`;

function stringOf(cluster: string) {
  return `data "mongodbatlas_advanced_cluster" "app" {
  project_id = mongodbatlas_privatelink_endpoint_service.atlas.project_id
  name       = "${cluster}"
}
output "string" {
  value = data.mongodbatlas_advanced_cluster.app.connection_strings.private_endpoint[0].srv_connection_string
}
`;
}

const defaultVpc = `variable "subnets" { default = 2 }
data "aws_vpc" "default" { default = true }
data "aws_vpc" "named" { id = data.aws_vpc.default.id }
data "aws_subnets" "all" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.named.id]
  }
}
locals {
  vpc_id     = data.aws_vpc.named.id
  subnet_ids = slice(sort(data.aws_subnets.all.ids), 0, var.subnets)
}
resource "aws_security_group" "atlas" {
  name   = "atlas"
  vpc_id = local.vpc_id
  ingress {
    from_port   = 1024
    to_port     = var.subnets == 2 ? 65535 : 65000
    protocol    = "tcp"
    cidr_blocks = [data.aws_vpc.named.cidr_block]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
`;

const ownVpc = `data "aws_availability_zones" "all" { state = "available" }
resource "aws_vpc" "own" {
  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "own" }
}
resource "aws_subnet" "own" {
  count                   = 2
  vpc_id                  = aws_vpc.own.id
  cidr_block              = cidrsubnet(aws_vpc.own.cidr_block, 8, count.index)
  availability_zone       = data.aws_availability_zones.all.names[count.index]
  map_public_ip_on_launch = true
}
locals {
  vpc_id     = aws_vpc.own.id
  subnet_ids = aws_subnet.own[*].id
}
resource "aws_security_group" "atlas" {
  name_prefix = "atlas-"
  vpc_id      = local.vpc_id
}
resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id = aws_security_group.atlas.id
  cidr_ipv4         = aws_vpc.own.cidr_block
  ip_protocol       = "tcp"
  from_port         = 1024
  to_port           = 65535
  tags              = { team = var.team }
}
resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.atlas.id
  type              = "egress"
  cidr_blocks       = ["0.0.0.0/0"]
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
}
`;

/** Both sides on Google Cloud with port mapping, and on Azure, as MongoDB's documentation of the provider has them. */
const otherClouds = {
  google: `provider "google" { region = "us-east4" }
resource "mongodbatlas_privatelink_endpoint" "atlas" {
  project_id           = "${project}"
  provider_name        = "GCP"
  region               = "US_EAST_4"
  port_mapping_enabled = true
}
resource "google_compute_network" "own" {
  name                    = "own"
  auto_create_subnetworks = false
}
resource "google_compute_subnetwork" "own" {
  name          = "own"
  ip_cidr_range = "10.0.0.0/16"
  network       = google_compute_network.own.id
}
resource "google_compute_address" "atlas" {
  name         = "atlas"
  subnetwork   = google_compute_subnetwork.own.id
  address_type = "INTERNAL"
  address      = "10.0.42.1"
  labels       = { team = "data" }
}
resource "google_compute_forwarding_rule" "atlas" {
  name                  = "atlas"
  target                = mongodbatlas_privatelink_endpoint.atlas.service_attachment_names[0]
  ip_address            = google_compute_address.atlas.id
  network               = google_compute_network.own.id
  load_balancing_scheme = ""
  labels                = { team = "data" }
}
resource "mongodbatlas_privatelink_endpoint_service" "atlas" {
  project_id                  = mongodbatlas_privatelink_endpoint.atlas.project_id
  private_link_id             = mongodbatlas_privatelink_endpoint.atlas.private_link_id
  provider_name               = "GCP"
  endpoint_service_id         = google_compute_forwarding_rule.atlas.name
  private_endpoint_ip_address = google_compute_address.atlas.address
  gcp_project_id              = google_compute_forwarding_rule.atlas.project
}
${stringOf('Cluster2')}`,
  azurerm: `provider "azurerm" {
  features {}
}
data "azurerm_resource_group" "own" { name = "atlas-pe-sandbox" }
resource "mongodbatlas_privatelink_endpoint" "atlas" {
  project_id    = "${project}"
  provider_name = "AZURE"
  region        = "US_EAST_2"
}
resource "azurerm_virtual_network" "own" {
  name                = "own"
  address_space       = ["10.0.0.0/16"]
  location            = "East US 2"
  resource_group_name = data.azurerm_resource_group.own.name
}
resource "azurerm_subnet" "own" {
  name                              = "own"
  resource_group_name               = data.azurerm_resource_group.own.name
  virtual_network_name              = azurerm_virtual_network.own.name
  address_prefixes                  = ["10.0.1.0/24"]
  private_endpoint_network_policies = "Enabled"
}
resource "azurerm_private_endpoint" "atlas" {
  name                = "atlas"
  location            = azurerm_virtual_network.own.location
  resource_group_name = data.azurerm_resource_group.own.name
  subnet_id           = azurerm_subnet.own.id
  tags                = { team = "data" }
  private_service_connection {
    name                           = mongodbatlas_privatelink_endpoint.atlas.private_link_service_name
    private_connection_resource_id = mongodbatlas_privatelink_endpoint.atlas.private_link_service_resource_id
    is_manual_connection           = true
    request_message                = "MongoDB Atlas"
  }
}
resource "mongodbatlas_privatelink_endpoint_service" "atlas" {
  project_id                  = mongodbatlas_privatelink_endpoint.atlas.project_id
  private_link_id             = mongodbatlas_privatelink_endpoint.atlas.private_link_id
  provider_name               = "AZURE"
  endpoint_service_id         = azurerm_private_endpoint.atlas.id
  private_endpoint_ip_address = azurerm_private_endpoint.atlas.private_service_connection[0].private_ip_address
}
${stringOf('Cluster1')}`,
};

const noChange = 'terraform plan -no-color -detailed-exitcode';
const apply = 'terraform apply -no-color -auto-approve';
const destroy = 'terraform destroy -no-color -auto-approve; atlas-pe list --json';

/** Starts a sandbox with this configuration beside it. */
async function serveWith(configuration: string, ...options: string[]): Promise<Served> {
  const sandbox = await serve(...options);
  writeFileSync(join(sandbox.folder, 'main.tf'), `${provider}${configuration}`);
  await sandbox.output('terraform init -no-color');
  return sandbox;
}

describe.skipIf(!hasTerraform)('Terraform (skipped without it)', { concurrent: true }, () => {
  test('makes, imports and destroys endpoints of each cloud', async ({ expect }) => {
    await using sandbox = await serveWith(everyCloud, ...anyVpce);
    const count = hasOlderKind ? 8 : 6;
    expect(await sandbox.output(apply)).toContain(`${count} added, 0 changed, 0 destroyed`);
    await sandbox.output(noChange);

    // Without its state it imports what is there, and has nothing to change.
    const endpoints = JSON.parse(await sandbox.output('rm terraform.tfstate; atlas-pe list --json'));
    const names: Record<string, string> = { 'us-central1': 'gcp', 'us-east4': 'mapped' };
    for (const { id, provider: cloud, region, atlasRegion, interfaceEndpoints } of endpoints) {
      const name = names[region] ?? cloud.toLowerCase();
      await sandbox.output(`terraform import mongodbatlas_privatelink_endpoint.${name} ${project}-${id}-${cloud}-${atlasRegion}
        terraform import mongodbatlas_privatelink_endpoint_service.${name} ${project}--${id}--${interfaceEndpoints[0]}--${cloud}`);
    }
    await sandbox.output(noChange);

    expect(await sandbox.output(destroy)).toMatch(new RegExp(`${count} destroyed[\\s\\S]*\\n\\[\\]\\n$`));
    expect(unanswered(sandbox)).toEqual([]);
  });

  test.each([
    ['the default VPC', defaultVpc, 4, '-var team=web -var subnets=3'],
    ['a new VPC', ownVpc, 9, '-var team=web'],
  ])('makes, changes and destroys both sides in %s', async (_, network, count, variables) => {
    await using sandbox = await serveWith(bothSides(network));
    expect(await sandbox.output(apply)).toContain(`${count} added`);
    await sandbox.output(noChange);
    expect(await sandbox.output(`${apply} ${variables}`)).toContain('0 added, 2 changed, 0 destroyed');
    await sandbox.output(`${noChange} ${variables}`);
    expect(await sandbox.output(destroy)).toMatch(new RegExp(`${count} destroyed[\\s\\S]*\\n\\[\\]\\n$`));
    expect(unanswered(sandbox)).toEqual([]);
  });

  test.each([
    ['google', 6, 'psc'],
    ['azurerm', 5, 'pl'],
  ] as const)(
    'makes and destroys both sides in a new network with %s, by sandbox exec alone',
    async (cloud, count, prefix) => {
      await using sandbox = await serve();
      const source = `${cloud} = { source = "hashicorp/${cloud}" }`;
      const text = `${provider.replace('aws          = { source = "hashicorp/aws" }', source)}${otherClouds[cloud]}`;
      writeFileSync(join(sandbox.folder, 'main.tf'), text);
      const script = `${apply}; ${noChange}; terraform output -raw string; ${destroy}`;
      const all = await sandbox.output(`terraform init -no-color
      atlas-pe sandbox exec --ready-after 1s -- bash -euc '${script}'`);
      expect(all).toContain(`${count} added, 0 changed, 0 destroyed`);
      expect(all).toMatch(
        new RegExp(`mongodb\\+srv://\\S+-${prefix}-0\\.[\\s\\S]*${count} destroyed[\\s\\S]*\\n\\[\\]\\n$`),
      );
    },
  );

  test('reads the connection strings of a cluster in several clouds', async ({ expect }) => {
    const configuration = `data "mongodbatlas_advanced_cluster" "app" {
  project_id = "${project}"
  name       = "app"
}
output "standard" {
  value = data.mongodbatlas_advanced_cluster.app.connection_strings.standard_srv
}
`;
    await using sandbox = await serveWith(configuration, '--cluster', 'app:us-east-1,azure/US_EAST_2,us-central1');
    await sandbox.output(apply);
    expect(await sandbox.output('terraform output -raw standard')).toMatch(/^mongodb\+srv:\/\/app\./);
    expect(unanswered(sandbox)).toEqual([]);
  });

  test('takes over what atlas-pe made, in each cloud, and has nothing to change', async ({ expect }) => {
    await using sandbox = await serveWith('', ...anyVpce, '--cluster', 'app:us-east-1,sharded');
    const older = `atlas-pe create --provider gcp --region us-central1 --no-port-mapping --wait
      atlas-pe interface add us-central1 --gcp-project my-project --group ${attached.gcp} --endpoint a@10.0.0.1,b@10.0.0.2
      atlas-pe create --provider gcp --region us-west1 --no-port-mapping --wait
      atlas-pe interface add us-west1 --gcp-project my-project --endpoint single@10.0.0.1`;
    // One of them stands beside one of the older kind.
    const mapped = ['us-east4', 'us-west1'].map(
      (region) => `atlas-pe create --provider gcp --region ${region} --wait
      atlas-pe interface add ${region} ${attached.mapped} --gcp-project my-project --ip 10.0.0.9`,
    );
    await sandbox.output(`atlas-pe regional-mode enable --yes
      atlas-pe create --region us-east-1 --remote-region us-west-2 --wait
      atlas-pe interface add us-east-1 ${attached.aws}
      atlas-pe create --region us-east-1 --wait
      atlas-pe create --provider azure --region eastus2 --wait
      atlas-pe interface add eastus2 ${attached.azure} --ip 10.0.0.4
      ${hasOlderKind ? older : ''}
      ${mapped.join('\n')}
      atlas-pe wait --all --interface`);
    await sandbox.output('atlas-pe list --output terraform > private-endpoints.tf');
    const count = hasOlderKind ? 14 : 10;
    expect(await sandbox.output('terraform plan -no-color')).toContain(
      `Plan: ${count} to import, 0 to add, 0 to change, 0 to destroy.`,
    );
    expect(await sandbox.output(apply)).toContain(`${count} imported, 0 added, 0 changed`);
    await sandbox.output(noChange);
    expect(unanswered(sandbox)).toEqual([]);
  });

  test('takes over both sides after connect, in an empty folder', async ({ expect }) => {
    await using sandbox = await serve('--cluster', 'app:us-east-1,sharded');
    // A quote, a template and a name that are text.
    const tag = `--tag 'owner=O"Neil $'{x},'for=1'`;
    await sandbox.output(`atlas-pe connect --region us-east-1 ${tag} --yes
      atlas-pe update us-east-1 --add us-west-2
      atlas-pe connect us-east-1 --vpc-region us-west-2 --yes
      atlas-pe regional-mode enable --yes`);
    const ec2 = bySdk(sandbox);
    const { SecurityGroups: groups = [] } = (await ec2('ec2', 'DescribeSecurityGroups')) as {
      SecurityGroups?: { GroupId: string; GroupName: string }[];
    };
    const GroupId = groups.find(({ GroupName }) => GroupName.startsWith('atlas-pe-'))?.GroupId ?? '';
    const other = groups.find(({ GroupName }) => GroupName === 'default')?.GroupId ?? '';
    const Description = 'a second kind';
    await ec2('ec2', 'AuthorizeSecurityGroupIngress', {
      GroupId,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 1024,
          ToPort: 65_535,
          IpRanges: [{ CidrIp: '10.8.0.0/16' }, { CidrIp: '10.9.0.0/16', Description }],
          Ipv6Ranges: [{ CidrIpv6: 'fd00::/8', Description }],
          UserIdGroupPairs: [{ GroupId }, { GroupId: other }],
        },
        { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-12345678', Description }] },
      ],
    });
    await sandbox.output(`atlas-pe list --output terraform | sed '/^# terraform {/,/^# }/s/^# //' > all.tf
      terraform fmt -check
      terraform init -no-color`);
    const plan = await sandbox.output('terraform plan -no-color');
    expect(plan).toContain('Plan: 8 to import, 0 to add, 0 to change, 0 to destroy.');
    await sandbox.output(apply);
    await sandbox.output(noChange);
    expect(await sandbox.output(destroy)).toMatch(/8 destroyed[\s\S]*\n\[\]\n$/);
    expect(unanswered(sandbox)).toEqual([]);
  });

  test('takes over both sides in two accounts of each cloud, by sandbox exec alone', async ({ expect }) => {
    await using sandbox = await serve();
    const [subscription, googleProject] = ['11111111-0000-4000-8000-000000000001', 'other-project-1'];
    const faults = `azure: { subscriptions: ['${subscription}'] }\ngcp: { projects: [${googleProject}] }\n`;
    writeFileSync(join(sandbox.folder, 'faults.yaml'), faults);
    const regions = 'us-east-1,eu-west-1,azure/US_EAST_2,azure/EUROPE_WEST,us-east4,europe-west3';
    const script = `
      atlas-pe connect us-east-1 --yes
      atlas-pe connect eu-west-1 --yes
      atlas-pe connect eastus2 --provider azure --tag 'owner=O"Neil $'{x} --yes
      atlas-pe connect westeurope --provider azure --subscription ${subscription} --yes
      atlas-pe connect us-east4 --provider gcp --yes
      atlas-pe connect europe-west3 --provider gcp --gcp-project ${googleProject} --global-access --yes
      atlas-pe list --output terraform | sed '/^# terraform {/,/^# }/s/^# //' > all.tf
      terraform fmt -check
      terraform init -no-color
      terraform version; echo
      terraform plan -no-color
      ${apply}
      ${noChange}
      ${destroy}`;
    writeFileSync(join(sandbox.folder, 'script.sh'), script);
    const options = `--ready-after 1s --cluster app:${regions} --faults faults.yaml`;
    const all = await sandbox.output(`atlas-pe sandbox exec ${options} -- bash -eu script.sh`);
    // For each of six: the service, the attachment, the end; and a security group or an address on two of the clouds.
    expect(all).toContain('Plan: 22 to import, 0 to add, 0 to change, 0 to destroy.');
    expect(all).toContain('22 imported, 0 added, 0 changed, 0 destroyed');
    expect(all).toMatch(/22 destroyed[\s\S]*\n\[\]\n$/);
    const counts: Record<string, number> = {};
    const [plan = ''] = all.split('Plan: ');
    for (const [, type = ''] of plan.matchAll(/^ {2}# (\w+)\.\S+ will be imported$/gm))
      counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({
      aws_security_group: 2,
      aws_vpc_endpoint: 2,
      azurerm_private_endpoint: 2,
      google_compute_address: 2,
      google_compute_forwarding_rule: 2,
      mongodbatlas_privatelink_endpoint: 6,
      mongodbatlas_privatelink_endpoint_service: 6,
    });
    for (const each of [subscription, googleProject]) expect(all).toContain(each);
    const [versions] = /^Terraform v[\s\S]*?\n\n/m.exec(all) ?? [];
    const rows = Object.entries(counts).map(([type, count]) => `${type} ${count}\n`);
    process.stdout.write(`${versions}Imported:\n${rows.join('')}`);
  });
});
