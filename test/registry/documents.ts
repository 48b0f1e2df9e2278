/** Registries for tests: one package, its versions by platform and hash. */
import { parseRegistry } from '../../source/registry/load.ts';
import type { Registry } from '../../source/registry/schema.ts';

/** A hash that is easy to tell from others. */
export const hashOf = (letter: string): string => letter.repeat(64);

/** Platform → hash; null: refused. `override` stands for itself. */
type VersionWish = Readonly<Record<string, string | null | true>>;

/** The text of a registry of the package `widget` (or another name) with these versions. */
export const registryText = (
  versions: Readonly<Record<string, VersionWish>>,
  entry: Readonly<Record<string, unknown>> = {},
  name = 'widget',
): string => {
  const versionOf = ({ override, ...platforms }: VersionWish, version: string) => ({
    ...(override === true && { override }),
    archives: [
      {
        name,
        platforms: Object.fromEntries(
          Object.entries(platforms).map(([platform, sha256]) => [
            platform,
            {
              url: `https://bytes.example/${name}/${version}/${platform}.tar.gz`,
              format: 'tar.gz',
              members: { [name]: name },
              sha256,
              ...(sha256 === null && { refused: 'nobody hashed it' }),
            },
          ]),
        ),
      },
    ],
  });
  const own = {
    title: 'Widget',
    homepage: 'https://widget.example',
    licence: 'Apache-2.0',
    executables: [name],
    components: { [name]: { executable: name, aliases: [] } },
    versions: Object.fromEntries(
      Object.entries(versions).map(([version, wish]) => [version, versionOf(wish, version)]),
    ),
    ...entry,
  };
  return JSON.stringify({ schemaVersion: 1, packages: { [name]: own } });
};

export const registryOf = (...wish: Parameters<typeof registryText>): Registry =>
  parseRegistry(registryText(...wish), 'test');
