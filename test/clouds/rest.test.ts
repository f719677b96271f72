import { expect, test } from 'vitest';
import { isOfApi } from '../../src/clouds/rest.js';

const azure = 'https://management.azure.com';
test.each([
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
  expect(isOfApi(link, baseUrl)).toBe(isSo);
});
