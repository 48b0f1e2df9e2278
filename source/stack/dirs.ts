import type { Dirs } from '../catalog/recipe.ts';

/** The absolute folders of a whole stack. */
export type StackDirs = { readonly data: string; readonly config: string; readonly logs: string; readonly run: string };

/** The folders as one service sees them: its own for data and configuration. */
export const serviceDirs = (service: string, dirs: StackDirs): Dirs => ({
  data: `${dirs.data}/${service}`,
  config: `${dirs.config}/${service}`,
  logs: dirs.logs,
});
