/** Joins and tidies POSIX paths without looking at the disk: `resolvePath('/a/b', '../c')` is `/a/c`. */
export const resolvePath = (folder: string, written: string): string => {
  const kept: string[] = [];
  for (const part of (written.startsWith('/') ? written : `${folder}/${written}`).split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return `/${kept.join('/')}`;
};

/** The folder a path stands in; `.` for a bare name, `/` for the root. */
export const folderOf = (path: string): string => {
  const slash = path.lastIndexOf('/');
  if (slash === -1) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
};

/** The last part of a path; empty for the root. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
