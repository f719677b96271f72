import { command, flag } from '../command.js';
import { sorting } from './flags.js';

export const login = command({
  name: 'login',
  summary: 'Check credentials and save them',
  details:
    'Prompts for an API key or a service account. Create one in Atlas under Access Manager, with the role Project Owner. ' +
    '--project sets the default project.',
  flags: {
    withKey: flag('read the public and private key from stdin: JSON, YAML, NAME=value or two lines'),
    withServiceAccount: flag('read the client id and client secret from stdin: JSON, YAML, NAME=value or two lines'),
  },
  examples: ['login', 'login --profile work', 'login --with-key < key.json'],
  run: async () => (await import('./login.run.js')).run,
});

export const logout = command({
  name: 'logout',
  summary: 'Remove the saved credentials',
  examples: ['logout'],
  run: async () => (await import('./account.run.js')).signOut,
});

export const whoami = command({
  name: 'whoami',
  summary: 'Show the credentials in use and what they can access',
  fields: ['profile', 'kind', 'id', 'origin', 'baseUrl', 'projectId', 'projectName', 'onAccessList', 'projects'],
  examples: ['whoami', 'whoami --query origin -o tsv'],
  run: async () => (await import('./account.run.js')).whoAmI,
});

export const projects = command({
  name: 'projects',
  summary: 'List the projects that the credentials can access',
  flags: sorting,
  fields: ['id', 'name'],
  examples: ['projects', 'projects --sort name', 'projects --output id'],
  run: async () => (await import('./account.run.js')).listProjects,
});
