import type { Draft, DraftService } from './draft.ts';

/** What keeps a draft from loading: in which service, at which of its keys (null: as a whole), and why. */
export type DraftProblem = { readonly service: string; readonly key: string | null; readonly why: string };

/**
Takes out of a draft what does not load, key by key, until all of it does: other files may hold anything, and what is
written must be sound. Each thing taken out is said in the comment above its service. `check` says what is wrong, and
nothing when all is well. A draft of which nothing is left has no services.
*/
export const settleDraft = async (
  draft: Draft,
  check: (draft: Draft) => Promise<readonly DraftProblem[]>,
): Promise<Draft> => {
  let settled = draft;
  while (settled.services.length > 0) {
    const problems = await check(settled);
    if (problems.length === 0) return settled;
    settled = without(settled, problems);
  }
  return settled;
};

/** Each round takes at least one key or service away, so that the rounds end. */
const without = (draft: Draft, problems: readonly DraftProblem[]): Draft => {
  const services: DraftService[] = [];
  const skipped = [...draft.skipped];
  for (const service of draft.services) {
    const own = problems.filter((problem) => problem.service === service.name);
    const whole = own.find(
      ({ key }) => key === null || key === 'command' || key === 'component' || !(key in service.keys),
    );
    if (whole !== undefined) skipped.push({ name: service.name, from: service.from, why: whole.why });
    else services.push(own.reduce((rest, { key, why }) => withoutKey(rest, key ?? '', why), service));
  }
  // What nobody is to blame for cannot be mended in one place.
  const isStuck = !problems.some(({ service }) => draft.services.some(({ name }) => name === service));
  const gone = new Set(skipped.map(({ name }) => name));
  return { services: isStuck ? [] : services.map((service) => withoutDependencies(service, gone)), skipped };
};

const withoutKey = (service: DraftService, key: string, why: string): DraftService => ({
  ...service,
  about: [...service.about, `Left out: ${key} (${why}).`],
  keys: Object.fromEntries(Object.entries(service.keys).filter(([each]) => each !== key)),
});

const withoutDependencies = (service: DraftService, gone: ReadonlySet<string>): DraftService => {
  const { depends_on: written, ...rest } = service.keys;
  if (typeof written !== 'object' || written === null) return service;
  const kept = Array.isArray(written)
    ? written.filter((name) => !gone.has(String(name)))
    : Object.fromEntries(Object.entries(written).filter(([name]) => !gone.has(name)));
  return { ...service, keys: Object.keys(kept).length > 0 ? { ...rest, depends_on: kept } : rest };
};
