import { command } from '../../command.js';
import { yes } from '../flags.js';
import { modeKeys } from './get.js';

export const disable = command({
  name: 'disable',
  summary: 'Disable regional mode; this changes connection strings',
  flags: yes,
  fields: modeKeys,
  examples: ['regional-mode disable'],
  run: () => import('./disable.run.js'),
});
