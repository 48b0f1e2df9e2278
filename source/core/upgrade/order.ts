/** The order in which services are upgraded: what others depend on first, within it as written. Pure. */
export const upgradeOrder = (
  chosen: readonly string[],
  services: readonly { readonly name: string; readonly dependencies: readonly { readonly service: string }[] }[],
): readonly string[] => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const { service } of byName.get(name)?.dependencies ?? []) if (byName.has(service)) visit(service);
    ordered.add(name);
  };
  for (const { name } of services) visit(name);
  return [...ordered].filter((name) => chosen.includes(name));
};
