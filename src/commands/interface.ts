import { group } from '../command.js';
import { add } from './interface/add.js';
import { get } from './interface/get.js';
import { list } from './interface/list.js';
import { remove } from './interface/remove.js';

export const interfaces = group({
  name: 'interface',
  summary: 'Manage the interface endpoints of private endpoint services',
  examples: ['interface list', 'interface add us-east-1 vpce-0123456789abcdef0 --wait'],
  commands: [add, get, list, remove],
});
