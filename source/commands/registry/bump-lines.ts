import type { Bumped } from '../../curate/bump.ts';
import type { Elsewhere } from '../../curate/elsewhere.ts';

/** What was found, a package at a time, for people. Pure. */
export const bumpLines = (rows: readonly Bumped[], others: readonly Elsewhere[]): readonly string[] => {
  const width = Math.max(0, ...rows.map(({ package: name }) => name.length)) + 2;
  return rows.flatMap((row) => [
    `${row.package.padEnd(width)}${headOf(row)}`,
    ...detailsOf(row).map((text) => `${' '.repeat(width)}${text}`),
    ...others
      .filter((each) => each.package === row.package)
      .map((each) => `${' '.repeat(width)}${elsewhereText(each)}`),
  ]);
};

const headOf = ({ outcome, known, newest, range, why, unchanged }: Bumped): string => {
  const held = known ?? (range === null ? 'no version' : `nothing in ${range}`);
  switch (outcome) {
    case 'added':
      return `${held} -> ${newest}`;
    case 'filled':
      return `${newest}: what was refused is vouched for now`;
    case 'current':
      return `${held}: nothing newer${unchanged ? ', as when last asked' : ''}${why === '' ? '' : `; ${why}`}`;
    case 'contradicted':
      return `${newest}: OTHER BYTES: ${why}`;
    case 'not-asked':
      return `${held}: not asked, ${why}`;
    case 'failed':
      return `${held}: ${why}`;
  }
};

const detailsOf = ({ outcome, platforms, refused, vouchedBy, signature }: Bumped): readonly string[] => [
  ...(outcome === 'added' || outcome === 'filled'
    ? [`${platforms.join(', ')}${refused === 0 ? '' : `; ${refused} of its archives stay refused`}`]
    : []),
  ...(vouchedBy.length === 0 ? [] : [`hashes by ${vouchedBy.join(', ')}; signature ${signatureText(signature)}`]),
];

const signatureText = (signature: Bumped['signature']): string => {
  if (signature === null) return 'not checked';
  const { state, why } = signature;
  return state === 'verified' ? `verified: ${why}` : state === 'unsigned' ? `none: ${why}` : `not checked: ${why}`;
};

const elsewhereText = ({ source, newest, sourceVersion, trouble }: Elsewhere): string =>
  newest === null
    ? `${source}: ${trouble ?? 'has none'}`
    : `${source}: ${newest}${sourceVersion === newest ? '' : ` (${sourceVersion})`}`;
