import { interfaceKeys } from '../../atlas/interfaces.js';
import { endpointKeys } from '../../atlas/model.js';
import type { Typed } from './typed.js';

/** What --fields may name with each command. Whatever only one command knows is loaded with it. */
const keys: Record<string, (typed: Typed) => readonly string[] | Promise<readonly string[]>> = {
  create: async ({ given }) =>
    given.has('dry-run') ? (await import('../../commands/create.run.js')).requestKeys : endpointKeys,
  get: () => endpointKeys,
  list: () => endpointKeys,
  delete: () => endpointKeys,
  update: () => endpointKeys,
  wait: ({ given }) => (given.has('interface') ? interfaceKeys : endpointKeys),
  'interface add': () => interfaceKeys,
  'interface get': () => interfaceKeys,
  'interface list': () => interfaceKeys,
  'interface remove': () => interfaceKeys,
  'regional-mode get': modeKeys,
  'regional-mode enable': modeKeys,
  'regional-mode disable': modeKeys,
  'connection-strings': async () => (await import('../../commands/connection-strings.run.js')).stringKeys,
  projects: async () => (await import('../../commands/projects.run.js')).projectKeys,
  whoami: async () => (await import('../../commands/whoami.run.js')).whoamiKeys,
  'profile list': async () => (await import('../../commands/profile/list.run.js')).profileKeys,
  'config get': () => ['name', 'value', 'origin'],
  'config list': ({ given }) => ['name', 'value', ...(given.has('show-origin') ? ['origin'] : [])],
  'config path': () => ['path'],
  completion: async () => (await import('./command.run.js')).completionKeys,
  'sandbox serve': async () => (await import('../../commands/sandbox/serve.run.js')).serveKeys,
  'sandbox reset': statusKeys,
  'sandbox status': statusKeys,
};

async function modeKeys(): Promise<readonly string[]> {
  return (await import('../../commands/regional-mode/get.run.js')).modeKeys;
}

async function statusKeys(): Promise<readonly string[]> {
  return (await import('../../commands/sandbox/status.run.js')).statusKeys;
}

/** The keys or columns of a command. */
export async function fieldsOf(typed: Typed): Promise<readonly string[]> {
  return (await keys[typed.path]?.(typed)) ?? [];
}
