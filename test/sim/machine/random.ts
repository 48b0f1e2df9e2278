import type { Random } from '../../../source/ports.ts';
import type { Seeded } from '../seeded.ts';

export const createFakeRandom = (seeded: Seeded): Random => ({
  roll: seeded.roll,
  token: (bytes) => Array.from({ length: bytes }, () => seeded.between(0, 255).toString(16).padStart(2, '0')).join(''),
});
