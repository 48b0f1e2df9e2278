import type { JsonPath } from '../registry/locate.ts';
import type { Platform } from '../registry/schema.ts';
import type { Change } from './edit.ts';
import type { Version } from './propose.ts';

/** What upstream says now against what the registry says of the same version. */
export type Comparison = {
  /** Refused archives that something vouches for now. */
  readonly changes: readonly Change[];
  /** Sentences: other bytes than those the registry knows. They are never taken over. */
  readonly contradictions: readonly string[];
};

/** Compares a version with what its upstream publishes of it now; `path` is where the version stands. Pure. */
export const compareVersion = (path: JsonPath, known: Version, now: Version): Comparison => {
  const changes: Change[] = [];
  const contradictions: string[] = [];
  for (const [index, archive] of known.archives.entries()) {
    const other = now.archives.find(({ name }) => name === archive.name);
    for (const [platform, download] of Object.entries(archive.platforms)) {
      const found = other?.platforms[platform as Platform];
      if (!found || found.sha256 === null || found.url !== download.url) continue;
      if (download.sha256 === null) {
        changes.push({ path: [...path, 'archives', index, 'platforms', platform], value: found });
      } else if (download.sha256 !== found.sha256) {
        const what = `${download.url.replace(/^.*\//, '')} is ${found.sha256} for upstream now`;
        contradictions.push(`${what}, and was ${download.sha256}: the registry was left as it is`);
      }
    }
  }
  return { changes, contradictions };
};
