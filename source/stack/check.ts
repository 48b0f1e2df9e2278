import { catalog, componentNames } from '../catalog/catalog.ts';
import { offerKinds, type Need } from '../catalog/recipe.ts';
import { nearest } from '../config/suggest.ts';
import { BootyError } from '../core/error.ts';
import { findCycle } from '../core/graph.ts';
import type { StackDefinition } from '../core/model.ts';
import { dependenciesOf } from './dependencies.ts';
import { serviceDirs } from './dirs.ts';
import { isOfferKind, membersOf, type Member } from './member.ts';
import { bootyPort, type PortTable } from './ports.ts';
import { readinessOf } from './probe.ts';
import { substitute } from './substitute.ts';
import { variablePlace } from './variable-place.ts';
import { whereIs } from './where.ts';
import { match } from './wire.ts';

/**
Everything that can be known to be wrong with a definition before ports are chosen, in the order of its services;
empty when it is sound. Each error names `file:line:column` where the definition knows it. Nothing is started for a
definition with problems: the first is to be thrown, or all to be shown.
*/
export const checkDefinition = (definition: StackDefinition): readonly BootyError[] => {
  const members = membersOf(definition);
  const problems = members.flatMap((member) => [
    ...nameProblems(member, definition),
    ...portProblems(member, definition),
    ...offerProblems(member, definition),
    ...needProblems(member, members, definition),
    ...referenceProblems(member, members, definition),
  ]);
  return [...problems, ...cycleProblems(members, definition)];
};

const nameProblems = ({ service, recipe }: Member, definition: StackDefinition): readonly BootyError[] => {
  const problems: BootyError[] = [];
  if (service.name === bootyPort.service) {
    const where = whereIs(definition, `services.${service.name}`);
    problems.push(new BootyError('SERVICE_NAME_RESERVED', { service: service.name, where }));
  }
  if (service.component !== null && recipe === null) {
    problems.push(
      new BootyError('COMPONENT_UNKNOWN', {
        service: service.name,
        component: service.component,
        nearest: nearest(service.component, allNames),
        known: componentNames,
        where: whereIs(definition, `services.${service.name}.component`),
      }),
    );
  }
  return problems;
};

const allNames = catalog.flatMap((recipe) => [recipe.name, ...recipe.aliases]);

const portProblems = ({ service, recipe }: Member, definition: StackDefinition): readonly BootyError[] => {
  if (recipe === null) return [];
  const known = Object.keys(recipe.ports);
  return Object.keys(service.ports)
    .filter((port) => !known.includes(port))
    .map((port) => {
      const where = whereIs(definition, `services.${service.name}.ports.${port}`);
      return new BootyError('PORT_UNKNOWN', { service: service.name, component: recipe.name, port, known, where });
    });
};

const offerProblems = ({ service, ports }: Member, definition: StackDefinition): readonly BootyError[] =>
  (service.offers ?? []).flatMap((offer): readonly BootyError[] => {
    const where = whereIs(definition, `services.${service.name}.offers.${offer.kind}`);
    const { kind, port } = offer;
    if (!isOfferKind(kind)) {
      return [new BootyError('OFFER_UNKNOWN', { service: service.name, kind, known: offerKinds, where })];
    }
    if (Object.hasOwn(ports, port)) return [];
    return [
      new BootyError('OFFER_PORT_UNKNOWN', { service: service.name, kind, port, known: Object.keys(ports), where }),
    ];
  });

const needProblems = (member: Member, members: readonly Member[], definition: StackDefinition): readonly BootyError[] =>
  (member.recipe?.needs ?? []).flatMap((need) => {
    const problem = needProblem(member, need, members, definition);
    return problem === null ? [] : [problem];
  });

const needProblem = (
  member: Member,
  need: Need,
  members: readonly Member[],
  definition: StackDefinition,
): BootyError | null => {
  if (need.count === 'many') return null;
  const { chosen, candidates } = match(member, need, members);
  if (chosen.length === 1) return null;
  const service = member.service.name;
  const where = whereIs(definition, `services.${service}.component`);
  if (candidates.length === 0) {
    const components = catalog
      .filter(({ offers }) => offers.some(({ kind }) => kind === need.kind))
      .map(({ name }) => name);
    return new BootyError('NEED_UNMET', { service, need: need.kind, components, where });
  }
  const providers = candidates.map((candidate) => candidate.service.name);
  return new BootyError('NEED_AMBIGUOUS', { service, need: need.kind, providers, where });
};

/** Looks every reference up with numbers that stand for those not chosen yet. */
const referenceProblems = (
  member: Member,
  members: readonly Member[],
  definition: StackDefinition,
): readonly BootyError[] => {
  const { service } = member;
  const path = `services.${service.name}`;
  const ports: PortTable = Object.fromEntries(
    members.map((one) => [
      one.service.name,
      Object.fromEntries(Object.entries(one.ports).map(([name, { wanted }]) => [name, wanted === 'auto' ? 1 : wanted])),
    ]),
  );
  const dirs = serviceDirs(service.name, { data: '/data', config: '/config', logs: '/logs', run: '/run' });
  const scopeAt = (place: string) => ({
    member,
    members,
    ports,
    secrets: null,
    dirs,
    where: whereIs(definition, place),
  });
  return [
    ...(service.command ?? []).map(
      (word, index) => () => substitute(word, scopeAt(`${path}.command.${index}`), 'public'),
    ),
    ...Object.entries(service.environment).map(
      ([name, value]) =>
        () =>
          substitute(value, scopeAt(`${path}.environment.${name}`), variablePlace(name)),
    ),
    () => readinessOf(scopeAt(`${path}.healthcheck`)),
  ].flatMap((attempt) => {
    try {
      attempt();
      return [];
    } catch (error) {
      if (error instanceof BootyError && error.code !== 'ASSERTION') return [error];
      throw error;
    }
  });
};

const cycleProblems = (members: readonly Member[], definition: StackDefinition): readonly BootyError[] => {
  const dependencies = dependenciesOf(members);
  const cycle = findCycle(
    members.map(({ service }) => ({ name: service.name, dependencies: dependencies.get(service.name) ?? [] })),
  );
  if (cycle === null) return [];
  return [new BootyError('DEPENDENCY_CYCLE', { cycle, where: whereIs(definition, `services.${cycle[0] ?? ''}`) })];
};
