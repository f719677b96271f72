import { group } from '../command.js';
import { disable } from './regional-mode/disable.js';
import { enable } from './regional-mode/enable.js';
import { get } from './regional-mode/get.js';

export const regionalMode = group({
  name: 'regional-mode',
  summary: 'Allow multiple private endpoints in a region',
  examples: ['regional-mode get', 'regional-mode enable --yes'],
  commands: [get, enable, disable],
});
