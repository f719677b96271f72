import { command } from '../../command.js';
import { yes } from '../flags.js';
import { modeKeys } from './get.js';

export const enable = command({
  name: 'enable',
  summary: 'Enable regional mode (sharded clusters only); this changes connection strings',
  flags: yes,
  fields: modeKeys,
  examples: ['regional-mode enable', 'regional-mode enable --yes'],
  run: () => import('./enable.run.js'),
});
