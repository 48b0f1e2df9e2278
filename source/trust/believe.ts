import { BootyError } from '../core/error.ts';
import type { Caution } from '../registry/caution.ts';
import { type Merged, mergeRegistry, nothingMerged, type Override } from '../registry/merge.ts';
import type { Registry } from '../registry/schema.ts';

/** One registry of the list, and what came of reading it. */
export type Layer = {
  /** `booty` for the one that came along, `project` for the project's, else the name it was added by. */
  readonly name: string;
  readonly kind: 'built-in' | 'file' | 'project';
  /** Absolute path. */
  readonly place: string;
  /** Null: it could not be read, and `error` says why. */
  readonly registry: Registry | null;
  readonly error: BootyError | null;
};

/** All registries as one, and what is to be kept in mind of it. */
export type Believed = {
  readonly registry: Registry;
  /** In the order they were laid one over the other; those that could not be used have an error. */
  readonly layers: readonly Layer[];
  readonly overrides: readonly Override[];
  readonly caution: Caution;
};

/**
Lays the registries one over the other, the first at the bottom. One that cannot be read, or says otherwise than those
before it, is left out; as it may have refused or replaced anything, nothing is installed anew until it is mended. What is
installed or locked is not touched by that.
*/
export const believe = (layers: readonly Layer[]): Believed => {
  let merged: Merged = nothingMerged;
  const used = layers.map((layer): Layer => {
    if (layer.registry === null) return layer;
    const next = mergeRegistry(merged, layer.name, layer.registry);
    if ('problems' in next) {
      const facts = { registry: layer.name, path: layer.place, problems: next.problems };
      return { ...layer, error: new BootyError('REGISTRY_CONFLICT', facts) };
    }
    merged = next;
    return layer;
  });
  const { registry, overrides } = merged;
  const broken = used.find(({ error }) => error !== null)?.error ?? null;
  return {
    registry,
    layers: used,
    overrides,
    caution: () => (broken === null ? null : { versions: 'all', refusal: () => broken }),
  };
};
