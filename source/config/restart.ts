import type { RestartPolicy } from '../core/model.ts';
import { faulty, parsed, type Parsed } from './fault.ts';
import { didYouMean } from './suggest.ts';

const words = ['no', 'always', 'on-failure', 'unless-stopped'] as const;

/** Reads Compose's `restart`: no or false, always, on-failure[:max], unless-stopped. A max of 0 means no limit. */
export const parseRestart = (written: string | boolean): Parsed<RestartPolicy> => {
  if (written === false || written === 'false') return parsed({ when: 'no', retriesMax: null });
  const text = String(written);
  const counted = /^on-failure:(\d{1,6})$/.exec(text);
  if (counted !== null) return parsed({ when: 'on-failure', retriesMax: Number(counted[1]) || null });
  const when = words.find((word) => word === text);
  if (when !== undefined) return parsed({ when, retriesMax: null });
  return faulty(
    `${JSON.stringify(written)} is no restart policy${didYouMean(text, words)}`,
    'write no, always, on-failure, on-failure:5 or unless-stopped',
  );
};
