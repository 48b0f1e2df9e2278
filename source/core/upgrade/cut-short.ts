import { type Journal, recoveryOf } from './journal.ts';

/** An upgrade as far as it came, as it is written down or shown. */
type Known = Pick<Journal, 'kind' | 'steps'> & { readonly subjects: readonly { readonly service: string }[] };

/**
What is left of an upgrade whose stack went down meanwhile, and what the next start makes of it. A service whose steps are
all done is through, one that was not touched yet stays as it is.
*/
export const cutShortText = ({ kind, steps, subjects }: Known): string => {
  const isThrough = (service: string): boolean =>
    steps.every((step) => step.service !== service || step.state === 'done' || step.state === 'skipped');
  const open = subjects.map(({ service }) => service).filter((service) => !isThrough(service));
  const touched = open.filter((service) => recoveryOf({ settled: [], steps }, service).kind !== 'settled');
  const what = `the ${kind === 'upgrade' ? 'upgrade' : 'way back'} of ${(touched.length > 0 ? touched : open).join(', ')} was cut short`;
  return touched.length > 0 ? `${what}: the next booty up brings it to its end` : `${what} before anything was changed`;
};
