import type { Host } from '../../../ports.ts';
import { type Platform, platforms } from '../../../registry/schema.ts';

/** The registry's name of this machine; null where the registry has none. */
export const platformOf = (host: Pick<Host, 'platform' | 'arch'>): Platform | null =>
  platforms.find((known) => known === platformName(host)) ?? null;

/** The name of any machine in the registry's form: `linux-amd64`. */
export const platformName = ({ platform, arch }: Pick<Host, 'platform' | 'arch'>): string =>
  `${platform}-${arch === 'x64' ? 'amd64' : arch}`;

/** As people call it. */
export const platformText = ({ platform, arch }: Pick<Host, 'platform' | 'arch'>): string => {
  const system = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }[platform] ?? platform;
  return `${system} ${arch === 'x64' ? 'amd64' : arch}`;
};
