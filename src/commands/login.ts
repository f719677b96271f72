import { command, flag } from '../command.js';

export const login = command({
  name: 'login',
  summary: 'Sign in: try credentials, then save them',
  flags: {
    withKey: flag('read {"publicKey","privateKey"} or two lines from stdin'),
    withServiceAccount: flag('read {"clientId","clientSecret"} or two lines from stdin'),
  },
  examples: ['login', 'login --profile work', 'login --with-key < key.json'],
  run: () => import('./login.run.js'),
});
