import { beforeEach, expect } from 'vitest';
import { defaultProject, type WorldOptions } from '../../src/sandbox/world.js';
import { group, subscription } from './azure.js';
import { ownSandbox } from './own-sandbox.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type Any = any;

const clusters: WorldOptions['clusters'] = [
  { name: 'Cluster0', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] },
];

/** A sandbox for each test of a file, with a cluster on Azure, and what a test does in its Azure beside the program. */
export function ownAzure() {
  const own = ownSandbox();
  const arm = async (method: string, path: string, body?: object): Promise<Any> => {
    const at = path.startsWith('/') ? path : `${group}/providers/Microsoft.Network/${path}`;
    const answer = await fetch(`${own.sandbox.baseUrl}/azure${at}?api-version=2024-05-01`, {
      method,
      headers: { authorization: 'Bearer sandbox', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const endpoints = async (): Promise<Any[]> =>
    (await arm('GET', `${subscription}/providers/Microsoft.Network/privateEndpoints`)).value;
  const services = async (): Promise<Any[]> => {
    const url = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AZURE/endpointService`;
    return (await own.sandbox.ask(url)).body.filter(({ status }: Any) => status !== 'DELETING');
  };
  const restart = (azure: WorldOptions['azure'] = {}, world: Partial<WorldOptions> = {}) =>
    own.restart({ clusters, azure, ...world });
  beforeEach(() => restart());
  return {
    own,
    arm,
    endpoints,
    services,
    restart,
    /** Runs a command, which must succeed. Returns its JSON. */
    json: async (line: string): Promise<Any> => {
      const { exitCode, stdout, stderr } = await own.atlas(`${line} --json`);
      expect(exitCode, stderr).toBe(0);
      return JSON.parse(stdout);
    },
    /** How many services, attached interface endpoints and private endpoints there are. */
    left: async () => {
      const all = await services();
      const living = (await endpoints()).filter(({ properties }) => properties.provisioningState !== 'Deleting');
      return [all.length, all.flatMap(({ privateEndpoints }) => privateEndpoints).length, living.length];
    },
  };
}
