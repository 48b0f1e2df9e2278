import { BootyError } from '../core/error.ts';
import type { Caution, Withheld } from '../registry/caution.ts';
import { type Merged, mergeRegistry, nothingMerged, type Override, voucherKey } from '../registry/merge.ts';
import type { Registry } from '../registry/schema.ts';
import { ageText } from './age.ts';

/** How old the copy of a remote registry is, and until when its metadata is good. */
export type Freshness = {
  readonly fetchedAtMs: number;
  /** The first of its roles that expires. */
  readonly expiresAtMs: number;
  /** Of timestamp.json; grows with each signing. */
  readonly version: number;
  /** True where versions it knows are taken although it expired, as the user's list says. */
  readonly usedWhenExpired: boolean;
};

/** One registry of the list, and what came of reading it. */
export type Layer = {
  /** `booty` for the one that came along, `project` for the project's, else the name it was added by. */
  readonly name: string;
  readonly kind: 'built-in' | 'file' | 'remote' | 'project';
  /** Absolute path, or URL. */
  readonly place: string;
  /** Null: it could not be read, and `error` says why. */
  readonly registry: Registry | null;
  readonly error: BootyError | null;
  /** Null for what is no remote registry, and for a copy that is not believed. */
  readonly freshness: Freshness | null;
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
before it, is left out; as it may have refused or replaced anything, nothing is installed anew until it is mended. Of one
whose metadata has expired, nothing is installed anew that no other one vouches for with the same bytes; what it refuses
stays refused. What is installed or locked is not touched by either.
*/
export const believe = (layers: readonly Layer[], nowMs: () => number): Believed => {
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
  return { registry, layers: used, overrides, caution: cautionOf(merged, used, nowMs) };
};

/** True from the moment on from which nothing new is taken from a layer. */
const isExpired = ({ freshness }: Layer, nowMs: number): boolean =>
  freshness !== null && freshness.expiresAtMs <= nowMs;

const cautionOf = ({ registry, vouchers }: Merged, layers: readonly Layer[], nowMs: () => number): Caution => {
  const broken = layers.find(({ error }) => error !== null)?.error ?? null;
  if (broken !== null) return () => ({ versions: 'all', refusal: () => broken });
  return (packageName, platform): Withheld | null => {
    const atMs = nowMs();
    const expired = layers.filter((layer) => isExpired(layer, atMs) && layer.freshness?.usedWhenExpired === false);
    const isAlone = (key: string): boolean => {
      const names = vouchers.get(key) ?? [];
      return names.length > 0 && names.every((name) => expired.some((layer) => layer.name === name));
    };
    const refusal = refusalOf(expired, atMs);
    if (isAlone(voucherKey(packageName))) return { versions: 'all', refusal };
    const known = Object.keys(registry.packages[packageName]?.versions ?? {});
    const versions = known.filter((version) => isAlone(voucherKey(packageName, version, platform)));
    return versions.length === 0 ? null : { versions, refusal };
  };
};

const refusalOf =
  (expired: readonly Layer[], atMs: number): Withheld['refusal'] =>
  (component, versions) => {
    const [first] = expired;
    const { fetchedAtMs = atMs, expiresAtMs = atMs } = first?.freshness ?? {};
    const registry = expired.map(({ name }) => name).join(' ');
    const ages = { fetched: ageText(atMs - fetchedAtMs), expired: ageText(atMs - expiresAtMs) };
    return new BootyError('REGISTRY_EXPIRED', { registry, component, versions, ...ages });
  };
