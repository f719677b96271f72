import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { testProxy, testServer, tlsFile, tlsOptions } from '../helpers/listen.js';
import { json, ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';

/* The built program through a proxy and TLS, with certificates that only the test trusts. */

const startAtlas = (name: string) =>
  testServer(createHttps(tlsOptions(name), (_, response) => json(response, 200, [])));

function list(trusted: readonly string[], env: Record<string, string>) {
  const folders = ownFolders();
  const authorities = join(folders.HOME ?? '', 'authorities.pem');
  writeFileSync(authorities, trusted.map((name) => readFileSync(tlsFile(name), 'utf8')).join('\n'));
  return runProgram(['list', '--provider', 'aws', '--json'], {
    ...folders,
    ATLAS_PE_BASE_URL: 'https://atlas.test',
    ATLAS_PE_PROJECT: defaultProject,
    ATLAS_PE_ACCESS_TOKEN: 't',
    NODE_EXTRA_CA_CERTS: authorities,
    ...env,
  });
}

test('connects to Atlas through a tunnel', async () => {
  const { port, targets } = await testProxy(await startAtlas('atlas'));
  const run = await list(['atlas'], { HTTPS_PROXY: `http://127.0.0.1:${port}` });
  expect(run).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  expect(targets).toEqual(['atlas.test:443']);
});

test('connects through an HTTPS proxy', async () => {
  const { port, targets } = await testProxy(await startAtlas('atlas'), createHttps(tlsOptions()));
  const proxy = { HTTPS_PROXY: `https://localhost:${port}` };
  expect(await list(['atlas', 'cert'], proxy)).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  expect(targets).toEqual(['atlas.test:443']);
  const { stderr } = await list(['atlas'], proxy);
  expect(/^Error: (.*)/.exec(stderr)?.[1]).toMatch(/^The certificate of the proxy localhost:\d+ is not trusted/);
});

test("errors about an expired certificate or one for another host don't mention a company proxy", async () => {
  const { port } = await testProxy(await startAtlas('cert'));
  const other = await list(['cert'], { HTTPS_PROXY: `127.0.0.1:${port}` });
  expect(/^Error: (.*)/.exec(other.stderr)?.[1]).toBe('The certificate of atlas.test is for a different host.');
  const expired = await startAtlas('expired');
  const late = await list(['expired'], { ATLAS_PE_BASE_URL: `https://localhost:${expired}` });
  expect(/^Error: (.*)/.exec(late.stderr)?.[1]).toBe(`The certificate of localhost:${expired} has expired.`);
  for (const { stderr } of [other, late]) expect(stderr).not.toContain('NODE_EXTRA_CA_CERTS');
});
