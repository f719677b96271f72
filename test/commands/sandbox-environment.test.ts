import { expect, test } from 'vitest';
import { environmentOf } from '../../src/commands/sandbox/environment.js';
import { settingNames, variablesOf } from '../../src/config/settings.js';

/** The words of a text in the order of the alphabet. */
const wordsOf = (text: string) => text.trim().split(/\s+/).toSorted();

test('the environment of the sandbox sets or unsets every variable that atlas-pe reads', () => {
  const all = environmentOf('http://127.0.0.1:1', 'p', null).flatMap(({ values }) => Object.keys(values));
  const read = settingNames.flatMap((name) => Object.values(variablesOf(name)).flat());
  // The output format can't reach an account.
  const also = ['MONGODB_ATLAS_AUTH_TYPE', 'ASSUME_ROLE_ARN', 'TF_VAR_ASSUME_ROLE_ARN'];
  expect([...read, ...also].filter((name) => !all.includes(name))).toEqual(['ATLAS_PE_OUTPUT']);
});

test('the environment of the sandbox sets what each client reads', () => {
  const all = environmentOf('http://127.0.0.1:1', 'p', null).flatMap(({ values }) => Object.entries(values));
  const set = all.filter(([, value]) => value !== null).map(([name]) => name);
  expect(set.toSorted()).toEqual(
    wordsOf(`
      ATLAS_PE_PROFILE ATLAS_PE_BASE_URL ATLAS_PE_PROJECT ATLAS_PE_PUBLIC_KEY ATLAS_PE_PRIVATE_KEY
      MONGODB_ATLAS_PROFILE MONGODB_ATLAS_OPS_MANAGER_URL MONGODB_ATLAS_PROJECT_ID
      MONGODB_ATLAS_PUBLIC_API_KEY MONGODB_ATLAS_PRIVATE_API_KEY
      MONGODB_ATLAS_BASE_URL MONGODB_REALM_BASE_URL MONGODB_ATLAS_PUBLIC_KEY MONGODB_ATLAS_PRIVATE_KEY
      AWS_ENDPOINT_URL_EC2 AWS_ENDPOINT_URL_STS AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
      AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT AWS_REGION AWS_DEFAULT_REGION
      AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
      AZURE_RESOURCE_MANAGER_ENDPOINT AZURE_ACCESS_TOKEN AZURE_SUBSCRIPTION_ID
      CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER
      CLOUDSDK_AUTH_ACCESS_TOKEN CLOUDSDK_CORE_PROJECT CLOUDSDK_ACTIVE_CONFIG_NAME
      GOOGLE_COMPUTE_CUSTOM_ENDPOINT GOOGLE_OAUTH_ACCESS_TOKEN GOOGLE_PROJECT GOOGLE_CLOUD_PROJECT
    `),
  );
  const unset = all.filter(([, value]) => value === null).map(([name]) => name);
  const some = wordsOf(`
    ATLAS_PE_ACCESS_TOKEN MCLI_PROJECT_ID AWS_SESSION_TOKEN AZURE_CLIENT_SECRET GCLOUD_PROJECT
    ARM_OIDC_TOKEN ARM_USE_MSI ARM_METADATA_HOSTNAME IDENTITY_ENDPOINT IDENTITY_HEADER
    AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  `);
  expect(unset).toEqual(expect.arrayContaining(some));
});
