import { bad, type Finding, ok, warn } from './finding.ts';

export type SourceReading = {
  readonly name: string;
  /** Why it cannot be used on this machine at all. */
  readonly unusable: string | null;
  /** Why it knew less than it should. */
  readonly trouble: string | null;
  readonly tookMs: number;
  /** Package → its versions, newest first. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** Package → why none of it can be had here although the source knows it. */
  readonly refused: ReadonlyMap<string, string>;
};

/** One place bytes come from. */
export const judgeSource = (reading: SourceReading): Finding => {
  const { name, unusable, trouble, tookMs, versions, refused } = reading;
  const id = `source.${name}`;
  const title = `Source ${name}`;
  // Most machines have no Go, and nobody is asked to get one.
  if (unusable !== null && name === 'go') return ok(id, title, `not used here: ${unusable}`);
  if (unusable !== null) {
    const fix = 'make it usable, or leave it: the other sources are asked instead';
    return warn(id, title, `not usable here: ${unusable}`, fix);
  }
  const fix = 'check the network and the proxy; what is installed runs without any source';
  if (trouble !== null) return warn(id, title, trouble, fix);
  const some = [...versions.values()].filter((each) => each.length > 0).length;
  const reasons = [...new Set(refused.values())];
  const found = `answered after ${tookMs} ms, has ${some} of ${versions.size} packages`;
  // That a program is not on PATH is nobody's fault.
  if (name === 'path' || reasons.length === 0) return ok(id, title, found);
  return warn(id, title, `${found}: ${reasons.join('; ')}`, fix);
};

/** One host of apt's; `problem` is null when it answered. */
export const judgeMirror = (mirror: {
  readonly host: string;
  readonly tookMs: number;
  readonly problem: string | null;
}): Finding => {
  const id = `mirror.${mirror.host}`;
  const title = `Mirror ${mirror.host}`;
  if (mirror.problem === null) return ok(id, title, `answered after ${mirror.tookMs} ms`);
  return warn(id, title, `${mirror.problem} (${mirror.tookMs} ms)`, 'see what apt says: apt-get update');
};

/** The mirror of BOOTY_MIRROR. */
export const judgeOwnMirror = (mirror: {
  readonly address: string;
  /** What it says of itself; null: it says nothing. */
  readonly held: { readonly packages: number; readonly updatedAt: string } | null;
  readonly problem: string | null;
}): Finding => {
  const { held, problem } = mirror;
  const id = 'mirror.booty';
  const title = `Mirror ${mirror.address}`;
  if (problem !== null)
    return warn(id, title, problem, 'see that it is served and reached from here, or unset BOOTY_MIRROR');
  if (held === null)
    return ok(id, title, "a folder of archives in the place of upstreams' hosts; Debian and Go are asked");
  return ok(id, title, `holds ${held.packages} versions, as of ${held.updatedAt.slice(0, 10)}; nothing else is asked`);
};

export type PackageReading = {
  readonly package: string;
  /** As written in booty.yaml; null = any. */
  readonly range: string | null;
  readonly installed: string | null;
  /** Newest in range of each source that has one, in the order they are asked. */
  readonly newest: readonly { readonly source: string; readonly version: string }[];
  /** Everything any source has, in range or not; newest last. */
  readonly others: readonly string[];
};

/** Whether a component of the stack can be had. */
export const judgePackage = (reading: PackageReading): Finding => {
  const id = `package.${reading.package}`;
  const title = `Package ${reading.package}`;
  const wanted = reading.range === null ? '' : ` in ${reading.range}`;
  const here = reading.installed === null ? 'not installed' : `${reading.installed} installed`;
  if (reading.newest.length > 0) {
    const list = reading.newest.map(({ source, version }) => `${version} from ${source}`);
    return ok(id, title, `${here}; newest${wanted}: ${list.join(', ')}`);
  }
  if (reading.installed !== null) return ok(id, title, `${here}; no source has one${wanted} now`);
  const other = reading.others.at(-1);
  if (other !== undefined) {
    const found = `no source has one${wanted}; there are: ${reading.others.join(', ')}`;
    return bad(id, title, found, `write version: ~${other} at the services that use it`);
  }
  return bad(id, title, `not installed, and no source has it now`, 'connect this machine to one of the sources above');
};
