import { randomBytes } from './node-crypto.ts';
import type { Random } from '../ports.ts';

/** Chance: `roll` is for spreading things out, `token` comes from the system's generator and may guard a secret. */
export const createRandom = (): Random => ({
  roll: () => Math.random(),
  token: (bytes) => randomBytes(bytes).toString('hex'),
});
