import type { Need } from '../catalog/recipe.ts';
import type { Dependency } from '../core/model.ts';
import type { Member } from './member.ts';
import { match } from './wire.ts';

/**
What each service waits for: what the user wrote, then what its recipe cannot do without (until that is ready), then
what it merely prefers to start after. The last kind never closes a circle: it is left out where it would. The first
two may; `findCycle` tells.
*/
export const dependenciesOf = (members: readonly Member[]): ReadonlyMap<string, readonly Dependency[]> => {
  const all = new Map<string, readonly Dependency[]>(
    members.map(({ service }) => [service.name, service.dependencies]),
  );
  for (const order of ['hard', 'soft'] as const) {
    for (const member of members) {
      for (const provider of wanted(member, order, members)) {
        const name = member.service.name;
        const known = all.get(name) ?? [];
        if (known.some(({ service }) => service === provider)) continue;
        if (order === 'soft' && reaches(all, provider, name)) continue;
        all.set(name, [...known, dependency(provider, order)]);
      }
    }
  }
  return all;
};

const wanted = (member: Member, order: Need['order'], members: readonly Member[]): readonly string[] =>
  (member.recipe?.needs ?? [])
    .filter((need) => need.order === order)
    .flatMap((need) => match(member, need, members).chosen.map(({ service }) => service.name));

const dependency = (service: string, order: 'hard' | 'soft'): Dependency =>
  order === 'hard'
    ? { service, condition: 'service_healthy', required: true, restart: false }
    : { service, condition: 'service_started', required: false, restart: false };

const reaches = (all: ReadonlyMap<string, readonly Dependency[]>, from: string, to: string): boolean => {
  const seen = new Set<string>();
  const queue = [from];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    queue.push(...(all.get(name) ?? []).map(({ service }) => service));
  }
  return false;
};
