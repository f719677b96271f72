import { onTestFinished } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import { defaultProject, type WorldOptions } from '../../src/sandbox/world.js';
import { fakeClock } from './fake-clock.js';
import { startSandbox } from './sandbox.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape, which the tests compare with what they expect.
type Body = any;

/** A sandbox for one test: its Google Cloud, and functions that act as Atlas. Resources become ready after a second. */
export async function gcpSandbox({
  faults = [],
  ...world
}: Partial<WorldOptions> & { faults?: readonly Fault[] } = {}) {
  const clock = fakeClock();
  const sandbox = await startSandbox({ clock, world: { readyAfter: 1000, ...world }, faults: createFaults(faults) });
  onTestFinished(sandbox.close);
  const services = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;

  /** A request to Google, below `/gcp`. */
  async function send(method: string, path: string, body?: unknown, authorization = 'Bearer sandbox') {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${sandbox.baseUrl}/gcp${path}`, { method, headers: { authorization }, ...content });
    return { status: answer.status, body: JSON.parse(await answer.text()) as Body };
  }

  /** One region of one project. */
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
    clock,
    google: send,
    inRegion,
    atlas: {
      /** Creates a ready Atlas service with port mapping. */
      service: async (region = 'us-east4', portMappingEnabled = true) => {
        const body = JSON.stringify({ providerName: 'GCP', region, portMappingEnabled });
        const { body: created } = await sandbox.ask(`${services}/endpointService`, { body });
        clock.advance(1000);
        const { body: ready } = await sandbox.ask(`${services}/GCP/endpointService/${created.id}`);
        return { id: created.id as string, targets: ready.serviceAttachmentNames as [string] };
      },
      attach: (service: string, name: string, ipAddress: string, gcpProjectId = 'atlas-pe-sandbox') => {
        const body = { endpointGroupName: name, gcpProjectId, endpoints: [{ endpointName: name, ipAddress }] };
        return sandbox.ask(`${services}/GCP/endpointService/${service}/endpoint`, { body: JSON.stringify(body) });
      },
      attachment: async (service: string, name: string) =>
        (await sandbox.ask(`${services}/GCP/endpointService/${service}/endpoint/${name}`)).body,
      detach: (service: string, name: string) =>
        sandbox.ask(`${services}/GCP/endpointService/${service}/endpoint/${name}`, { method: 'DELETE' }),
      remove: (service: string) => sandbox.ask(`${services}/GCP/endpointService/${service}`, { method: 'DELETE' }),
    },
  };
}
