import { group } from '../command.js';
import { get } from './config/get.js';
import { list } from './config/list.js';
import { path } from './config/path.js';
import { set } from './config/set.js';
import { unset } from './config/unset.js';

export const config = group({
  name: 'config',
  summary: 'Manage saved settings and credentials',
  examples: ['config set output json', 'config list --show-origin'],
  commands: [set, get, unset, list, path],
});
