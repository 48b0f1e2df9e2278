/** Holds what a daemon tells of a service, its state and its end, against what became of its processes. */
import type { Frame } from '../../source/api/protocol.ts';
import type { ServiceRow, ServiceState, StackDefinition } from '../../source/core/model.ts';
import type { DownAsk } from './graces.ts';
import type { Body } from './machine/bodies.ts';

export type Claims = {
  readonly hearRow: (frame: Extract<Frame, { readonly type: 'state' }>) => void;
  readonly change: (service: string, from: ServiceState | null, to: ServiceState) => void;
  /** A health check is told so. */
  readonly answer: (service: string, isWell: boolean) => void;
  readonly down: (ask: DownAsk) => void;
  readonly up: () => void;
  /** A daemon has come or gone. */
  readonly restartWatch: () => void;
};

/** Where nobody goes who is to stop. */
const onItsWay: ReadonlySet<ServiceState> = new Set(['fetching', 'waiting', 'backoff', 'completed', 'failed']);

export const createClaims = (of: {
  readonly definition: StackDefinition;
  readonly states: ReadonlyMap<string, ServiceState>;
  readonly bootId: () => string;
  readonly bodies: () => readonly Body[];
  /** Some of what ran is known to nobody. */
  readonly isForgotten: () => boolean;
  readonly demand: (holds: boolean, sentence: string) => void;
}): Claims => {
  const { demand } = of;
  const told = new WeakSet<Body>();
  let isStopping = false;
  let isHasty = false;
  const ownOf = (service: string): readonly Body[] => of.bodies().filter(({ launch }) => launch.service === service);
  const livingOf = (service: string): readonly Body[] => ownOf(service).filter((body) => body.alive);
  /** An end that no disk has taken, and nobody who is left has heard, or one that nobody could see. */
  const isLost = ({ alive, exit, isEndWritten, heardBy }: Body): boolean =>
    !alive && (exit === null || !(isEndWritten || heardBy?.isAlive() === true));
  /** Nobody looks at what was written down of ends before the machine was restarted. */
  const isOfBefore = ({ started }: Body): boolean => started.identity.bootId !== of.bootId();

  const checkEnd = ({ name, state, lastExit }: ServiceRow): void => {
    const own = ownOf(name);
    if (lastExit === null) return;
    if (lastExit.code === null && lastExit.signal === null)
      demand(
        own.some((body) => isLost(body) || isOfBefore(body)),
        `${name} is told to have ended somehow, and how is known`,
      );
    const last = own.at(-1);
    // One that a restart of the machine ended is known by the record of its start.
    if (state !== 'completed' || !last || (last.exit !== null && isLost(last))) return;
    demand(last.exit?.code === 0, `${name} is told to be completed and ended with ${last.exit?.code ?? 'nothing'}`);
  };

  /** Nobody is asked to stop while somebody who uses it was asked before and is not down yet; nor while all are to stop. */
  const checkOrder = (service: string, from: ServiceState | null): void => {
    if (isHasty) return;
    const users = of.definition.services.filter(({ dependencies }) =>
      dependencies.some((on) => on.service === service),
    );
    for (const { name } of users) {
      // A failed health check asks for a stop as a crash would: it is no turn of anybody's.
      if (!isStopping && (from === 'unhealthy' || of.states.get(name) !== 'stopping')) continue;
      const isDown = livingOf(name).every((body) => body.isKilled);
      demand(isDown, `${service} is asked to stop while ${name} uses it`);
    }
  };

  return {
    hearRow: ({ row }) => {
      isStopping = row.state === 'stopping';
      if (!of.isForgotten()) for (const service of row.services) checkEnd(service);
    },
    change: (service, from, to) => {
      if (of.isForgotten()) return;
      if (to === 'stopping') checkOrder(service, from);
      demand(!isStopping || from === 'stopping' || !onItsWay.has(to), `${service} is ${to}, and all are to stop`);
      const kind = of.definition.services.find(({ name }) => name === service)?.healthcheck?.probe.kind;
      const [body] = livingOf(service);
      if (from === 'starting' && to === 'ready' && body && (kind === 'http' || kind === 'exec'))
        demand(told.has(body), `${service} is ready, and its check has not said so`);
    },
    answer: (service, isWell) => {
      const [body] = livingOf(service);
      if (isWell && body) told.add(body);
    },
    down: ({ force }) => void (isHasty ||= force === 2),
    up: () => {
      isStopping = false;
      isHasty = false;
    },
    restartWatch: () => void (isStopping = false),
  };
};
