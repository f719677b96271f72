import { expect } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import type { ownSandbox } from './run-cli.js';
import { type CloudOptions, cloudSandbox, type startSandbox } from './sandbox.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape, which the tests compare with what they expect.
type Body = any;

/** A sandbox for one test: its Google Cloud, and functions that act as Atlas. */
export async function gcpSandbox(options?: CloudOptions) {
  const sandbox = await cloudSandbox('GCP', options);
  const { clock, atlas } = sandbox;

  /** A request to Google, below `/gcp`. */
  async function send(method: string, path: string, body?: unknown, authorization = 'Bearer sandbox') {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${sandbox.baseUrl}/gcp${path}`, { method, headers: { authorization }, ...content });
    return { status: answer.status, body: JSON.parse(await answer.text()) as Body };
  }

  function inRegion(region = 'us-east4', project = 'atlas-pe-sandbox') {
    const own = `projects/${project}/regions/${region}`;
    const base = `/compute/v1/${own}`;
    const get = async (path: string): Promise<Body> => (await send('GET', `${base}/${path}`)).body;
    /** Sends a change, and waits for its operation. */
    const done = async (method: string, path: string, body?: unknown): Promise<Body> => {
      const { status, body: started } = await send(method, `${base}/${path}`, body);
      if (status !== 200) return started;
      clock.advance(1000);
      return (await send('POST', `${base}/operations/${started.name}/wait`)).body;
    };
    const subnetwork = `${own}/subnetworks/default`;
    const network = `projects/${project}/global/networks/default`;
    return {
      get,
      send: (method: string, path: string, body?: unknown) => send(method, `${base}/${path}`, body),
      done,
      path: own,
      address: { name: 'mine', addressType: 'INTERNAL', subnetwork },
      rule: (target: string, name = 'mine') => ({ name, target, network, IPAddress: `${own}/addresses/mine` }),
    };
  }

  return {
    ...sandbox,
    google: send,
    inRegion,
    atlas: {
      ...atlas,
      service: async (region = 'us-east4', portMappingEnabled = true) => {
        const { id, serviceAttachmentNames } = await atlas.create(region, { portMappingEnabled });
        return { id: id as string, targets: serviceAttachmentNames as [string] };
      },
      attach: (service: string, name: string, ipAddress: string, gcpProjectId = 'atlas-pe-sandbox') => {
        const endpoints = [{ endpointName: name, ipAddress }];
        return atlas.attach(service, { endpointGroupName: name, gcpProjectId, endpoints });
      },
    },
  };
}

type Sandbox = Pick<Awaited<ReturnType<typeof startSandbox>>, 'store' | 'clock' | 'ask'>;

/** What Google has now, as it describes it. */
async function inGoogle({ store, clock }: Sandbox) {
  const gcp = (await store.read()).clouds.GCP;
  const now = clock.now();
  const all = (kind: string) =>
    gcp.resources
      .filter(({ path, goneAt }) => path.includes(`/${kind}/`) && now < (goneAt ?? Number.POSITIVE_INFINITY))
      .map(({ path, body }): Record<string, unknown> => ({ ...body, path }));
  return { rules: all('forwardingRules'), addresses: all('addresses') };
}

/** How many services, attached interface endpoints, forwarding rules and addresses there are. */
export async function countsInGoogle(sandbox: Sandbox): Promise<number[]> {
  const url = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/GCP/endpointService`;
  const services: { status: string; endpointGroupNames: string[] }[] = (await sandbox.ask(url)).body;
  const staying = services.filter(({ status }) => status !== 'DELETING');
  const { rules, addresses } = await inGoogle(sandbox);
  return [staying.length, services.flatMap((each) => each.endpointGroupNames).length, rules.length, addresses.length];
}

/** What a test does in the Google Cloud of its sandbox, beside the program. */
export function besideGoogle(own: ReturnType<typeof ownSandbox>) {
  /** Sends a change to Google, as another program does. `path`: below the region. */
  async function google(method: string, path: string, body?: object, project = 'atlas-pe-sandbox') {
    const url = `${own.sandbox.baseUrl}/gcp/compute/v1/projects/${project}/regions/us-east4/${path}`;
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(url, { method, headers: { authorization: 'Bearer sandbox' }, ...content });
    expect(answer.status, await answer.text()).toBe(200);
    own.sandbox.clock.advance(5000);
  }
  return {
    google,
    there: () => inGoogle(own.sandbox),
    createRule: async (name: string, target: string, more: object = {}) => {
      const where = 'projects/atlas-pe-sandbox/regions/us-east4';
      const address = { name: 'mine', addressType: 'INTERNAL', subnetwork: `${where}/subnetworks/default` };
      await google('POST', 'addresses', address);
      await google('POST', 'forwardingRules', { name, target, IPAddress: `${where}/addresses/mine`, ...more });
    },
  };
}
