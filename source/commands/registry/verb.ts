import type { Command } from '../context.ts';

/** One word after `booty registry`. */
export type RegistryVerb = {
  readonly name: string;
  /** After `booty`: `registry add FILE`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Command['options'];
  readonly wordsMin: number;
  readonly wordsMax: number;
  /** Its words are those after the verb. */
  readonly run: Command['run'];
};
