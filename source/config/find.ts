import type { Files } from '../ports.ts';
import { folderOf, resolvePath } from './path.ts';

const fileNames = ['booty.yaml', 'booty.yml'] as const;

/**
Path of the booty.yaml (or booty.yml) in the folder or its nearest parent, or null. Looks no further up than the home
folder, when the folder lies in it, or else the root. `folder` and `homeFolder` are absolute.
*/
export const findConfig = async (files: Files, folder: string, homeFolder?: string): Promise<string | null> => {
  const top = homeFolder === undefined ? '/' : resolvePath('/', homeFolder);
  for (let here = resolvePath('/', folder); ; here = folderOf(here)) {
    for (const name of fileNames) {
      const path = resolvePath(here, name);
      // A folder of that name is handed on too: the loader says what is wrong with it.
      if ((await files.stat(path)) !== null) return path;
    }
    if (here === '/' || here === top) return null;
  }
};
