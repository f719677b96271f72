import { expect, test } from 'vitest';
import { reference } from '../../tools/reference.js';

test('docs/reference.md matches the definitions (update it with npm run reference)', async () => {
  await expect(reference()).toMatchFileSnapshot('../../docs/reference.md');
});
