/** Beyond the data itself, so that the stack has room to run on. */
const marginBytes = 67_108_864;

/** What a copy of data takes; one that shares blocks takes none of its own. */
export const snapshotBytes = ({ bytes, how }: { readonly bytes: number; readonly how: string }): number =>
  (how === 'reflink' ? 0 : bytes) + marginBytes;
