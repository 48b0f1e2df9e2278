import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Absolute path of one of the system's tools; a service's own PATH need not have it. */
export const findTool = (name: string): string =>
  ['/bin', '/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? `/bin/${name}`;
