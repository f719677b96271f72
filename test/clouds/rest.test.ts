import { expect, test } from 'vitest';
import { isOfApi } from '../../src/clouds/rest.js';

const azure = 'https://management.azure.com';
const domains = ['management.azure.com', 'management.usgovcloudapi.net'];
test.each([
  ['https://westus.management.azure.com', 'https://management.azure.com/operations/1', true],
  ['https://westus.management.azure.com', 'https://eastus.management.azure.com/operations/1', true],
  [azure, 'https://eastus2.management.azure.com:8443/operations/1', false],
  [azure, 'https://management.usgovcloudapi.net/operations/1', false],
  ['https://proxy.corp.example', 'https://other.proxy.corp.example/1', false],
  [azure, 'https://management.azure.com/operations/1', true],
  [azure, 'https://eastus2.management.azure.com/operations/1', true],
  [azure, 'http://eastus2.management.azure.com/operations/1', false],
  [azure, 'https://management.azure.com.elsewhere.example/1', false],
  [azure, 'https://othermanagement.azure.com/1', false],
  [azure, 'https://user@elsewhere.example/.management.azure.com', false],
  [azure, 'no link', false],
  ['http://127.0.0.1:80/azure', 'http://127.0.0.1:80/azure/1', true],
  ['http://127.0.0.1:80/azure', 'http://127.0.0.1:80/gcp/1', false],
])('credentials for %s may go to %s: %s', (baseUrl, link, isSo) => {
  expect(isOfApi(link, { baseUrl, domains })).toBe(isSo);
});
