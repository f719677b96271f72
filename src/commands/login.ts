import { command, flag } from '../command.js';

export const login = command({
  name: 'login',
  summary: 'Check credentials and save them',
  details:
    'Prompts for an API key or a service account. Create one in Atlas under Access Manager, with the role Project Owner. ' +
    '--project sets the default project.',
  flags: {
    withKey: flag('read the public and private key from stdin: JSON, NAME=value or two lines'),
    withServiceAccount: flag('read the client id and client secret from stdin: JSON, NAME=value or two lines'),
  },
  examples: ['login', 'login --profile work', 'login --with-key < key.json'],
  run: async () => (await import('./login.run.js')).run,
});
