import { command, optional, required } from '../../command.js';

export const set = command({
  name: 'set',
  summary: 'Save a setting; a secret is asked for or read from a pipe',
  args: {
    name: required('project, provider, output, base-url, public-key, private-key, …', 'settings'),
    value: optional('its value; never that of a secret', 'settingValues'),
  },
  examples: ['config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'],
  run: () => import('./set.run.js'),
});
