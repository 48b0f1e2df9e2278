import { limits } from '../../../source/core/limits.ts';
import type { Http } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';

/** What a server says: a status and a body, nothing ever, or that nobody is there. */
export type Answer = { readonly status: number; readonly body: string } | 'silence' | 'refused';

/** `ask` is who answers in the simulated machine, `wayMs` how long the answer is on its way. */
export const createFakeHttp = (line: Lifeline, ask: (url: URL) => Answer, wayMs = (): number => 0): Http => ({
  get: (url, timeoutMs) => {
    const answer = Promise.withResolvers<{ status: number; body: string }>();
    const giveUp = line.after(timeoutMs, () => answer.reject(failure('ETIMEDOUT', `no answer within ${timeoutMs} ms`)));
    void line
      .ask(() => ask(new URL(url)))
      .then(async (said) => {
        if (said === 'silence') return;
        const onItsWayMs = wayMs();
        if (onItsWayMs > 0) await line.ask(() => {}, onItsWayMs);
        giveUp();
        if (said === 'refused') answer.reject(failure('ECONNREFUSED', `connect ECONNREFUSED ${url}`));
        else answer.resolve({ ...said, body: said.body.slice(0, limits.httpBodyBytesMax) });
      });
    return answer.promise;
  },
});

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
