/** Releases of the distributions, oldest first, by the names `registry.json` may allow (`apt.suites`). */
const orders = [
  ['bullseye', 'bookworm', 'trixie', 'forky', 'sid'],
  ['jammy', 'noble', 'resolute'],
] as const satisfies readonly (readonly string[])[];

/**
Which other releases of the same distribution are worth asking, in the order to ask them: those a package may come from
(`allowed`), none the machine asks already. The nearest newer one comes first and older ones last, or the other way round
for what the machine's own release is too new for. Empty where the machine's release is not known: a release of another
distribution must never be mixed in.
*/
export const otherSuites = (
  own: readonly string[],
  allowed: readonly string[],
  first: 'newer' | 'older',
): readonly string[] => {
  const order: readonly string[] | undefined = orders.find((names) => own.some((name) => isIn(names, name)));
  if (order === undefined) return [];
  const newestOwn = Math.max(...own.map((name) => order.indexOf(name)));
  const others = order.filter((name) => allowed.includes(name) && !own.includes(name));
  const newer = others.filter((name) => order.indexOf(name) > newestOwn);
  const older = others.filter((name) => order.indexOf(name) < newestOwn).toReversed();
  return first === 'newer' ? [...newer, ...older] : [...older, ...newer];
};

const isIn = (names: readonly string[], name: string): boolean => names.includes(name);

/** Only releases that were published have their security updates in a suite beside them. */
export const hasSecuritySuite = (suite: string): boolean => !['sid', 'forky'].includes(suite);
