import type { Files } from '../ports.ts';

/** What a stack's folder says about where it came from; written by each `up`. */
export type StackOrigin = { readonly name: string; readonly folder: string; readonly file: string | null };

/** Of the stack whose folder below BOOTY_HOME is `root`; null when it was never started, or cannot be read. */
export const readOrigin = async (files: Pick<Files, 'readText'>, root: string): Promise<StackOrigin | null> => {
  try {
    const text = await files.readText(originFile(root));
    return text === null ? null : (JSON.parse(text) as StackOrigin);
  } catch {
    return null;
  }
};

export const originFile = (root: string): string => `${root}/origin.json`;
