import { join } from 'node:path';

/**
Where things lie below BOOTY_HOME:

```
store/<package>/<version>/{receipt.json,bin/<executable>}      closed to writing, folders too
store/.lock-<package>
store/.new-<pid>-<owner>-XXXXXX/      being installed; removed once its owner is dead
cache/apt/                            the private apt tree; `suites/<suite>/`: those of other releases
cache/downloads/<sha256>.{part,json}  archives under way, and by what they can be continued
```

`<version>` is the upstream version. Two source versions with one upstream version (a rebuild, the same in another suite)
share the folder and the one installed first stays: services may be running from it, and bytes under a running service
are never exchanged. The receipt holds the whole source version.
*/
export const storeFolder = (home: string): string => join(home, 'store');
export const packageFolder = (home: string, name: string): string => join(home, 'store', name);
export const versionFolder = (home: string, name: string, version: string): string =>
  join(home, 'store', name, version);
export const lockFile = (home: string, name: string): string => join(home, 'store', `.lock-${name}`);
export const receiptFile = (folder: string): string => join(folder, 'receipt.json');
export const downloadsFolder = (home: string): string => join(home, 'cache', 'downloads');
