import { command, optional, required } from '../../command.js';

export const set = command({
  name: 'set',
  summary: 'Save a setting; secrets are prompted for or read from stdin',
  args: {
    name: required('name of the setting; config list shows all names', 'settings'),
    value: optional('value (omit it for secrets)', 'settingValues'),
  },
  examples: ['config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'],
  run: () => import('./set.run.js'),
});
