import type { Configured } from './choose-targets.ts';

/** The private tree's sources in deb822 form: one stanza for each target, with whom it is signed by as configured. */
export const sourcesFile = (targets: readonly Configured[]): string =>
  targets
    .map((target) =>
      [
        'Types: deb',
        `URIs: ${target.uri}`,
        `Suites: ${target.release}`,
        `Components: ${target.component}`,
        `Architectures: ${target.architecture}`,
        'Targets: Packages',
        ...Object.entries(target.options).map(([name, value]) => `${name}: ${value}`),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
