import type { StackDefinition } from '../core/model.ts';
import { membersOf } from './member.ts';
import { whereIs } from './where.ts';
import { hasScraper } from './wire.ts';

/** A port somebody has to find a number for. */
export type PortRequest = {
  readonly service: string;
  readonly port: string;
  readonly wanted: number | 'auto';
  /** True for a number the user wrote: that one or an error; otherwise the next free one will do. */
  readonly strict: boolean;
  readonly bind: string;
  /** `file:line:column` where it is written, or null. */
  readonly where: string | null;
};

/** The numbers chosen: service → port name → number. */
export type PortTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Under which name booty's own port stands in the table. */
export const bootyPort = { service: 'booty', port: 'metrics', default: 9400 } as const;

/**
Every port of the stack, in the order to choose them: first the numbers somebody wrote, so that no default takes one
of them, then the defaults, then those that take whatever is left. With a scraper in the stack booty's own is among them.
*/
export const portRequests = (definition: StackDefinition): readonly PortRequest[] => {
  const members = membersOf(definition);
  const requests = members.flatMap(({ service, ports }) =>
    Object.entries(ports).map(([port, { wanted, strict }]): PortRequest => {
      const where = Object.hasOwn(service.ports, port)
        ? whereIs(definition, `services.${service.name}.ports.${port}`)
        : null;
      return { service: service.name, port, wanted, strict, bind: service.bind, where };
    }),
  );
  if (hasScraper(members)) {
    const { service, port } = bootyPort;
    requests.push({ service, port, wanted: bootyPort.default, strict: false, bind: '127.0.0.1', where: null });
  }
  return requests.sort((one, other) => rank(one) - rank(other));
};

const rank = (request: PortRequest): number => {
  if (request.strict) return 0;
  return request.wanted === 'auto' ? 2 : 1;
};
