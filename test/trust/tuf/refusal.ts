import { BootyError } from '../../../source/core/error.ts';
import type { Client } from './site.ts';

/** The error an update fails with; fails the test when it does not. */
export const refusal = async (
  client: Client,
): Promise<{ readonly code: string; readonly attack: string; readonly text: string }> => {
  try {
    await client.update();
  } catch (error) {
    if (!(error instanceof BootyError)) throw error;
    const { attack = '' } = error.facts as { readonly attack?: string };
    return { code: error.code, attack, text: error.message };
  }
  return { code: 'nothing', attack: 'none', text: 'it was updated' };
};
