import type { Host } from '../../../ports.ts';
import { type Platform, platforms } from '../../../registry/schema.ts';

/** The registry's name of this machine; null where the registry has none. */
export const platformOf = ({ platform, arch }: Pick<Host, 'platform' | 'arch'>): Platform | null => {
  const name = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  return platforms.find((known) => known === name) ?? null;
};

/** As people call it. */
export const platformText = ({ platform, arch }: Pick<Host, 'platform' | 'arch'>): string => {
  const system = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }[platform] ?? platform;
  return `${system} ${arch === 'x64' ? 'amd64' : arch}`;
};
