import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { json } from '../helpers/fake-atlas.js';
import { listen, tlsFile, tlsOptions } from '../helpers/listen.js';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';

/* The built program through a proxy and TLS, with certificates that only the test trusts. */

async function serve(server: Server): Promise<number> {
  const { port, close } = await listen(server);
  onTestFinished(close);
  return port;
}

/** Starts a fake Atlas with this certificate. */
const startAtlas = (name: string) => serve(createHttps(tlsOptions(name), (_, response) => json(response, 200, [])));

/** Starts a proxy whose tunnels all lead to this port. `targets` records the requested targets. */
async function startProxy(port: number, server = createHttp()) {
  const targets: string[] = [];
  server.on('connect', ({ url = '' }, socket: Socket) => {
    targets.push(url);
    const tunnel = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(tunnel).pipe(socket);
    });
    socket.on('error', () => tunnel.destroy());
    tunnel.on('error', () => socket.destroy());
  });
  return { port: await serve(server), targets };
}

function list(trusted: readonly string[], env: Record<string, string>) {
  const folders = ownFolders();
  const authorities = join(folders.HOME ?? '', 'authorities.pem');
  writeFileSync(authorities, trusted.map((name) => readFileSync(tlsFile(name), 'utf8')).join('\n'));
  const own = { ATLAS_PE_PROJECT: defaultProject, ATLAS_PE_ACCESS_TOKEN: 't', NODE_EXTRA_CA_CERTS: authorities };
  return runProgram(['list', '--provider', 'aws', '--json'], {
    ...{ ...folders, ...own, ATLAS_PE_BASE_URL: 'https://atlas.test' },
    ...env,
  });
}

test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])('connects to Atlas through a tunnel (%s)', async (name) => {
  const { port, targets } = await startProxy(await startAtlas('atlas'));
  const run = await list(['atlas'], { [name]: `http://127.0.0.1:${port}` });
  expect(run).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  expect(targets).toEqual(['atlas.test:443']);
});

test('connects through an HTTPS proxy', async () => {
  const { port, targets } = await startProxy(await startAtlas('atlas'), createHttps(tlsOptions()));
  const proxy = { HTTPS_PROXY: `https://localhost:${port}` };
  expect(await list(['atlas', 'cert'], proxy)).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  expect(targets).toEqual(['atlas.test:443']);
  const { stderr } = await list(['atlas'], proxy);
  expect(/^Error: (.*)/.exec(stderr)?.[1]).toMatch(/^The certificate of the proxy localhost:\d+ is not trusted/);
});

test('--verbose shows the proxy without its password', async () => {
  const { port } = await startProxy(await startAtlas('atlas'));
  const run = await list(['atlas'], { HTTPS_PROXY: `http://user:pass@127.0.0.1:${port}`, ATLAS_PE_DEBUG: '1' });
  expect(run.stderr).toContain(`(via proxy 127.0.0.1:${port})`);
  expect(run.stderr).not.toContain('pass');
});

test("errors about an expired certificate or one for another host don't mention a company proxy", async () => {
  const { port } = await startProxy(await startAtlas('cert'));
  const other = await list(['cert'], { HTTPS_PROXY: `127.0.0.1:${port}` });
  expect(/^Error: (.*)/.exec(other.stderr)?.[1]).toBe('The certificate of atlas.test is for a different host.');
  const expired = await startAtlas('expired');
  const late = await list(['expired'], { ATLAS_PE_BASE_URL: `https://localhost:${expired}` });
  expect(/^Error: (.*)/.exec(late.stderr)?.[1]).toBe(`The certificate of localhost:${expired} has expired.`);
  for (const { stderr } of [other, late]) expect(stderr).not.toContain('NODE_EXTRA_CA_CERTS');
});
