/** Name of the secret that opens the closed pages, as `?authKey=`. */
export const adminKey = 'admin_key';

/**
Lets a server of VictoriaMetrics read flags from its environment, which other users of the machine cannot see as they
see arguments. The only way that all versions know: 1.79 takes the `file://` of later ones for the key itself.
*/
export const keysFromEnvironment: readonly string[] = ['-envflag.enable', '-envflag.prefix=BOOTY_VM_'];

/**
The environment that closes every page on which something is changed, deleted or kept busy; what is only read stays
open. A version that does not know one of the flags passes over it. No variable of the user's own gets in between:
services inherit none that begins with BOOTY_.
Names: https://docs.victoriametrics.com/victoriametrics/#environment-variables
*/
export const closedPages = (key: string): Readonly<Record<string, string>> =>
  Object.fromEntries(closedFlags.map((flag) => [`BOOTY_VM_${flag.replaceAll('.', '_')}`, key]));

const closedFlags = [
  'deleteAuthKey',
  'snapshotAuthKey',
  'forceFlushAuthKey',
  'forceMergeAuthKey',
  'search.resetCacheAuthKey',
  'metricNamesStatsResetAuthKey',
  'logNewSeriesAuthKey',
  'reloadAuthKey',
  'pprofAuthKey',
] as const;
