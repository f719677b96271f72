import { dirname, join } from 'node:path';
import { quote } from '../../base/shell.js';
import type { Provider } from '../../clouds/all.js';
import { sandboxAwsKeys } from '../../sandbox/aws/identity.js';
import { sandboxSubscription, sandboxTenant } from '../../sandbox/azure/account.js';
import { sandboxAzureClient } from '../../sandbox/azure/sign-in.js';
import { sandboxKeys } from '../../sandbox/gate.js';
import { sandboxGcpProject, sandboxGcpToken } from '../../sandbox/gcp/account.js';

/** The variables of one client. A variable that is null is unset, because it would override the others. */
export interface Variables {
  client: string;
  values: Record<string, string | null>;
}

export interface SandboxPlaces {
  dnsServer: string;
  tlsCaFile: string;
  tlsBaseUrl: string;
  /** For what clients save, instead of the user's own folders. It goes with the sandbox. */
  folder: string;
  /** Google's application default credentials for the sandbox. */
  gcpCredentialsFile: string;
}

/** Points each client at a sandbox, even if its other variables and profiles belong to a real account. */
export function environmentOf(baseUrl: string, project: string, around: SandboxPlaces | null): Variables[] {
  const { publicKey, privateKey } = sandboxKeys;
  return [
    {
      client: 'atlas-pe',
      values: {
        // The built-in profile `sandbox` ignores host and keys.
        ATLAS_PE_PROFILE: 'default',
        ATLAS_PE_BASE_URL: baseUrl,
        ATLAS_PE_PROJECT: project,
        ATLAS_PE_PUBLIC_KEY: publicKey,
        ATLAS_PE_PRIVATE_KEY: privateKey,
        // For doctor, and for MongoDB's drivers.
        ATLAS_PE_SANDBOX_DNS_SERVER: around?.dnsServer ?? null,
        ATLAS_PE_SANDBOX_TLS_CA_FILE: around?.tlsCaFile ?? null,
        // For programs that send tokens only over TLS.
        ATLAS_PE_SANDBOX_TLS_BASE_URL: around?.tlsBaseUrl ?? null,
        ...ownFolders(around),
        ...without('ATLAS_PE_', 'SANDBOX ACCESS_TOKEN CLIENT_ID CLIENT_SECRET'),
      },
    },
    {
      client: 'the official Atlas CLI',
      values: {
        // A profile that does not exist: a profile that is signed in as a user would override the keys.
        MONGODB_ATLAS_PROFILE: 'atlas-pe-sandbox',
        MONGODB_ATLAS_OPS_MANAGER_URL: `${baseUrl}/`,
        MONGODB_ATLAS_PROJECT_ID: project,
        MONGODB_ATLAS_PUBLIC_API_KEY: publicKey,
        MONGODB_ATLAS_PRIVATE_API_KEY: privateKey,
        ...without('MONGODB_ATLAS_', 'ACCESS_TOKEN REFRESH_TOKEN CLIENT_ID CLIENT_SECRET AUTH_TYPE ORG_ID SERVICE'),
        // Its older names. If one of them is set, even to an empty value, the CLI ignores all the names above.
        ...without('MCLI_', 'PUBLIC_API_KEY PRIVATE_API_KEY ACCESS_TOKEN REFRESH_TOKEN CLIENT_ID CLIENT_SECRET'),
        ...without('MCLI_', 'AUTH_TYPE BASE_URL PUBLIC_KEY PRIVATE_KEY ORG_ID PROJECT_ID OPS_MANAGER_URL SERVICE'),
        ...without('MCLI_', 'OUTPUT MONGOSH_PATH TELEMETRY_ENABLED SKIP_UPDATE_CHECK OPS_MANAGER_CA_CERTIFICATE'),
        ...without('MCLI_', 'OPS_MANAGER_SKIP_VERIFY'),
      },
    },
    {
      client: "Terraform's mongodbatlas provider",
      values: {
        MONGODB_ATLAS_BASE_URL: `${baseUrl}/`,
        MONGODB_REALM_BASE_URL: `${baseUrl}/`,
        MONGODB_ATLAS_PUBLIC_KEY: publicKey,
        MONGODB_ATLAS_PRIVATE_KEY: privateKey,
        // If a role is set, the provider reads its keys only from AWS.
        ...without('', 'ASSUME_ROLE_ARN TF_VAR_ASSUME_ROLE_ARN'),
      },
    },
    ...Object.values(cloudVariables(baseUrl, around)),
  ];
}

function cloudVariables(baseUrl: string, around: SandboxPlaces | null) {
  const { tlsBaseUrl: tls = null, tlsCaFile: ca = null } = around ?? {};
  return {
    AWS: {
      client: "the AWS CLI, AWS's SDKs and Terraform's aws provider, for EC2 and STS",
      values: {
        AWS_ENDPOINT_URL_EC2: `${baseUrl}/aws/ec2`,
        AWS_ENDPOINT_URL_STS: `${baseUrl}/aws/sts`,
        AWS_ACCESS_KEY_ID: sandboxAwsKeys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: sandboxAwsKeys.secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        // In a profile, these would override the endpoints above.
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
        AWS_USE_FIPS_ENDPOINT: 'false',
        AWS_USE_DUALSTACK_ENDPOINT: 'false',
        // A profile would override the keys. A session token does not belong to them.
        ...without('AWS_', 'PROFILE DEFAULT_PROFILE SESSION_TOKEN SECURITY_TOKEN CREDENTIAL_EXPIRATION'),
        ...without('AWS_', 'CREDENTIAL_SCOPE ACCOUNT_ID AUTH_SCHEME_PREFERENCE ENDPOINT_URL'),
        // These sign in as the machine, the container or the pipeline.
        ...without('AWS_', 'WEB_IDENTITY_TOKEN_FILE ROLE_ARN ROLE_SESSION_NAME'),
        ...without('AWS_CONTAINER_', 'CREDENTIALS_FULL_URI CREDENTIALS_RELATIVE_URI'),
      },
    },
    GCP: {
      client: "gcloud and Terraform's google provider, for Compute Engine and Resource Manager",
      values: {
        CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: `${baseUrl}/gcp/compute/v1/`,
        CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: `${baseUrl}/gcp/`,
        CLOUDSDK_AUTH_ACCESS_TOKEN: sandboxGcpToken,
        CLOUDSDK_CORE_PROJECT: sandboxGcpProject,
        // A name that stands for no configuration: the user's one could impersonate a service account, or use a proxy.
        CLOUDSDK_ACTIVE_CONFIG_NAME: 'NONE',
        GOOGLE_COMPUTE_CUSTOM_ENDPOINT: `${baseUrl}/gcp/compute/v1/`,
        GOOGLE_OAUTH_ACCESS_TOKEN: sandboxGcpToken,
        GOOGLE_PROJECT: sandboxGcpProject,
        GOOGLE_CLOUD_PROJECT: sandboxGcpProject,
        // These would override the token or the project, or sign in elsewhere.
        ...without('CLOUDSDK_AUTH_', 'ACCESS_TOKEN_FILE CREDENTIAL_FILE_OVERRIDE IMPERSONATE_SERVICE_ACCOUNT'),
        ...without('CLOUDSDK_', 'CORE_ACCOUNT CORE_UNIVERSE_DOMAIN BILLING_QUOTA_PROJECT PROXY_ADDRESS'),
        CLOUDSDK_CONFIG: around && join(around.folder, 'gcloud'),
        GOOGLE_APPLICATION_CREDENTIALS: around?.gcpCredentialsFile ?? null,
        ...without('GOOGLE_', 'CREDENTIALS CLOUD_KEYFILE_JSON BILLING_PROJECT'),
        ...without('GOOGLE_', 'IMPERSONATE_SERVICE_ACCOUNT CLOUD_QUOTA_PROJECT CLOUD_UNIVERSE_DOMAIN'),
        ...without('', 'GCLOUD_PROJECT GCLOUD_KEYFILE_JSON USER_PROJECT_OVERRIDE'),
      },
    },
    AZURE: {
      client: "Terraform's azurerm provider and Azure's SDKs, over TLS, and atlas-pe",
      values: {
        AZURE_RESOURCE_MANAGER_ENDPOINT: `${baseUrl}/azure`,
        AZURE_ACCESS_TOKEN: 'sandbox',
        AZURE_SUBSCRIPTION_ID: sandboxSubscription,
        AZURE_AUTHORITY_HOST: tls,
        AZURE_TENANT_ID: tls && sandboxTenant,
        AZURE_CLIENT_ID: tls && sandboxAzureClient.id,
        AZURE_CLIENT_SECRET: tls && sandboxAzureClient.secret,
        ARM_METADATA_HOSTNAME: tls && new URL(tls).host,
        ARM_SUBSCRIPTION_ID: tls && sandboxSubscription,
        ARM_TENANT_ID: tls && sandboxTenant,
        ARM_CLIENT_ID: tls && sandboxAzureClient.id,
        ARM_CLIENT_SECRET: tls && sandboxAzureClient.secret,
        ARM_RESOURCE_PROVIDER_REGISTRATIONS: tls && 'none',
        // On Linux, programs in Go trust the certificates in these folders, beside those of the system's one file.
        SSL_CERT_DIR: ca && [dirname(ca), '/etc/ssl/certs', '/etc/pki/tls/certs'].join(':'),
        ...without('AZURE_', 'CLIENT_CERTIFICATE_PATH USERNAME PASSWORD FEDERATED_TOKEN_FILE TOKEN_CREDENTIALS'),
        ...without('ARM_', 'ENVIRONMENT AUXILIARY_TENANT_IDS'),
        ...without('ARM_CLIENT_', 'CERTIFICATE CERTIFICATE_PATH ID_FILE_PATH SECRET_FILE_PATH'),
        ...without('ARM_OIDC_', 'TOKEN TOKEN_FILE_PATH REQUEST_TOKEN REQUEST_URL'),
        ...without('ARM_', 'USE_OIDC USE_MSI MSI_ENDPOINT USE_CLI USE_AKS_WORKLOAD_IDENTITY'),
        ...without('IDENTITY_', 'ENDPOINT HEADER SERVER_THUMBPRINT'),
        ...without('', 'MSI_ENDPOINT MSI_SECRET IMDS_ENDPOINT AZURE_POD_IDENTITY_AUTHORITY_HOST'),
        // The Azure CLI is signed in to nothing there, and has the real Azure only if somebody signs in. It would ask
        // Microsoft whether the sandbox's authority is one.
        AZURE_CORE_INSTANCE_DISCOVERY: tls && 'false',
        AZURE_CONFIG_DIR: around && join(around.folder, 'azure'),
      },
    },
  } satisfies Record<Provider, Variables>;
}

/** So that a command never changes the user's configuration, and never reads it. */
function ownFolders(around: SandboxPlaces | null): Variables['values'] {
  if (!around) return {};
  return {
    ATLAS_PE_CONFIG_DIR: join(around.folder, 'config'),
    ATLAS_PE_DATA_DIR: join(around.folder, 'data'),
    ATLAS_PE_CACHE_DIR: join(around.folder, 'cache'),
  };
}

export function shellLines(all: readonly Variables[]) {
  const { clientId, clientSecret } = sandboxKeys;
  const blocks = all.map(({ client, values }) => {
    const entries = Object.entries(values);
    const given = entries.flatMap(([name, value]) => (value === null ? [] : `export ${name}=${quote(value)}\n`));
    const gone = entries.flatMap(([name, value]) => (value === null ? name : []));
    return `# ${client}\n${given.join('')}unset ${gone.join(' ')}\n`;
  });
  return `${blocks.join('')}# atlas-pe with a service account (it takes precedence over the API key)
# export ATLAS_PE_CLIENT_ID=${clientId}
# export ATLAS_PE_CLIENT_SECRET=${clientSecret}
`;
}

function without(prefix: string, names: string) {
  return Object.fromEntries(names.split(' ').map((name) => [`${prefix}${name}`, null]));
}
