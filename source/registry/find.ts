import type { Registry, RegistryPackage } from './schema.ts';

/** What a name in booty.yaml stands for. */
export type Found = {
  /** The component's own name, whichever alias was asked for. */
  readonly component: string;
  /** Name of the package that holds it: what is fetched, installed and versioned together. */
  readonly package: string;
  readonly entry: RegistryPackage;
  /** Executable of the package that the component runs; a key of `Installed.executables`. */
  readonly executable: string;
};

/**
Looks a component up by its name, one of its aliases, or the name of its package (which then stands for the package's
first component): `nats` → nats-server of package nats-server, `vmagent` → vmagent of package victoria-metrics.
Null when the registry has none.
*/
export const findComponent = (registry: Registry, name: string): Found | null => {
  let byPackage: Found | null = null;
  for (const [packageName, entry] of Object.entries(registry.packages)) {
    for (const [component, { executable, aliases }] of Object.entries(entry.components)) {
      const found = { component, package: packageName, entry, executable };
      if (component === name || aliases.includes(name)) return found;
      if (packageName === name) byPackage ??= found;
    }
  }
  return byPackage;
};

/** Every component's name, sorted; without aliases. */
export const componentNames = (registry: Registry): readonly string[] =>
  Object.values(registry.packages)
    .flatMap((entry) => Object.keys(entry.components))
    .sort();
