import type { StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';

/** More daemons than this do not die one after the other within one call. */
const triesMax = 5;

/** Nobody took the request: it can be sent again, whatever it asks. */
const untaken: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'EPIPE']);
/** It may have been taken by a daemon that could not answer any more. */
const cut: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED']);

/**
A client whose calls outlive the daemon they were sent to: what nobody answered is sent again once `comesBack` has resolved,
that is when a successor answers. What would do harm when it is done twice (a signal, a restart, an upgrade) is repeated
only when nobody can have taken it. Streams and sessions, once open, end with their daemon (see `unbroken`). Throws what `comesBack` throws.
*/
export const steadyClient = (client: StackClient, comesBack: () => Promise<void>): StackClient => {
  const steady =
    <Asked extends readonly unknown[], Answer>(call: (...asked: Asked) => Promise<Answer>, isRepeatable = true) =>
    async (...asked: Asked): Promise<Answer> => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await call(...asked);
        } catch (error) {
          const code = codeOf(error);
          if (tries >= triesMax || !(untaken.has(code) || (isRepeatable && cut.has(code)))) throw error;
          await comesBack();
        }
      }
    };
  const repeatable = steady((name: string, action: 'start' | 'stop' | 'restart') => client.service(name, action));
  const restart = steady((name: string) => client.service(name, 'restart'), false);
  return {
    ...client,
    ps: steady(() => client.ps()),
    up: steady((request) => client.up(request)),
    plan: steady((request) => client.plan(request)),
    down: steady((request) => client.down(request)),
    service: (name, action) => (action === 'restart' ? restart(name) : repeatable(name, action)),
    signal: steady((service, request) => client.signal(service, request), false),
    launch: steady((service) => client.launch(service)),
    log: steady((service, window) => client.log(service, window)),
    search: steady((service, search) => client.search(service, search)),
    upgrades: steady((look) => client.upgrades(look)),
    planUpgrade: steady((ask) => client.planUpgrade(ask)),
    upgrade: steady((ask) => client.upgrade(ask), false),
    history: steady(() => client.history()),
    session: steady((hello) => client.session(hello)),
  };
};

const codeOf = (error: unknown): string => {
  if (!(error instanceof BootyError) || error.code !== 'DAEMON_UNREACHABLE') return '';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
};
