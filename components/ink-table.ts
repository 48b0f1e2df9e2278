/**
ink-table 3.1.0 on Ink 8. The package is CommonJS and asks for `ink` by require, which cannot load an ES module with
top-level await, neither in Node nor through tsx. So Ink's namespace, imported as usual, is placed where that require
looks first: the module cache, under the name it resolves to. In a bundle the bundler has joined the two already.
*/
// oxlint-disable-next-line no-restricted-imports -- how modules load is what this file is about
import { createRequire, Module } from 'node:module';
import * as ink from 'ink';
import type { ComponentType, ReactNode } from 'react';

export type InkTableProps = {
  readonly data: readonly Readonly<Record<string, string>>[];
  readonly columns: readonly string[];
  readonly padding: number;
  readonly header: ComponentType<{ readonly children?: ReactNode }>;
  readonly cell: ComponentType<{ readonly children?: ReactNode; readonly column: number }>;
  readonly skeleton: ComponentType<{ readonly children?: ReactNode }>;
};

/** The Table component of ink-table, loaded on first use. */
export const loadInkTable = async (): Promise<ComponentType<InkTableProps>> => {
  placeInk();
  const loaded: unknown = await import('ink-table');
  return defaultOf(defaultOf(loaded)) as ComponentType<InkTableProps>;
};

const placeInk = (): void => {
  const require = createRequire(import.meta.url);
  let name: string;
  try {
    name = require.resolve('ink');
  } catch {
    // A bundle that stands alone: there is no package to place anything for.
    return;
  }
  if (require.cache[name]) return;
  const placed = new Module(name);
  placed.exports = { ...ink };
  placed.loaded = true;
  require.cache[name] = placed;
};

// Node wraps a CommonJS module's `exports.default` once, a bundler or tsx may not.
const defaultOf = (loaded: unknown): unknown =>
  typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
