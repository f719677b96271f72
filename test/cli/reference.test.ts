import { expect, test } from 'vitest';
import { reference } from '../../tools/reference.js';

test('docs/reference.md is what the definitions say: npm run reference writes it', async () => {
  await expect(reference()).toMatchFileSnapshot('../../docs/reference.md');
});
