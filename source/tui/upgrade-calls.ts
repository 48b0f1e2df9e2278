import type { StackClient } from '../api/protocol.ts';
import { reasonOf } from '../core/error.ts';
import type { Clock } from '../ports.ts';
import type { Intent, Message } from './ui-state.ts';

type Call = Extract<Intent, { type: 'upgrades' }>['what'];

export type UpgradeCaller = {
  readonly client: StackClient;
  readonly clock: Clock;
  /** Whose name the history gets. */
  readonly who: string;
  readonly send: (message: Message) => void;
};

/** Carries out what the screen wants of upgrades; what goes wrong is said on the screen. */
export const callUpgrades = ({ client, clock, who, send }: UpgradeCaller, what: Call): void => {
  const told = (text: string) => send({ type: 'told', text, atMs: clock.nowMs() });
  carry(client, who, what).then(
    (message) => message && send(message),
    (error: unknown) => {
      if (what.call === 'history') send({ type: 'history.failed', reason: reasonOf(error) });
      else if (what.call === 'plan')
        send({ type: 'plan.failed', ask: what.ask, reason: reasonOf(error), atMs: clock.nowMs() });
      else told(reasonOf(error));
    },
  );
};

const carry = async (client: StackClient, who: string, what: Call): Promise<Message | null> => {
  switch (what.call) {
    case 'plan':
      return { type: 'plan.answered', ask: what.ask, plan: await client.planUpgrade(what.ask) };
    case 'begin':
      await client.upgrade({ ...what.ask, who });
      return null;
    case 'cancel':
      await client.cancelUpgrade();
      return null;
    case 'defer':
      await client.deferUpgrade(what.service, what.defer);
      return null;
    case 'look':
      await client.upgrades(true);
      return null;
    case 'history':
      return { type: 'history.answered', entries: await client.history() };
  }
};
