import { group } from '../command.js';
import { create } from './profile/create.js';
import { deleteProfile } from './profile/delete.js';
import { list } from './profile/list.js';
import { rename } from './profile/rename.js';
import { use } from './profile/use.js';

export const profile = group({
  name: 'profile',
  summary: 'Manage profiles: named sets of settings and credentials',
  examples: ['profile create work', 'profile use work'],
  commands: [list, use, create, deleteProfile, rename],
});
