import { expect, it } from 'vitest';
import { warmUp } from './warm-up.js';

it('a thread that warms up gets to the end of its scripts', async () => {
  await expect(warmUp(16 * 1024 * 1024)).resolves.toBeUndefined();
});
