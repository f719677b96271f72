import { command } from '../../command.js';
import { yes } from '../flags.js';
import { modeKeys } from './get.js';

export const enable = command({
  name: 'enable',
  summary: 'Enable it: changes connection strings; for sharded clusters only',
  flags: yes,
  fields: modeKeys,
  examples: ['regional-mode enable', 'regional-mode enable --yes'],
  run: () => import('./enable.run.js'),
});
