import type { Print, Tone } from './print.ts';

const tones: readonly Tone[] = ['cyan', 'green', 'yellow', 'blue', 'magenta'];

/** Makes `name | ` for each service, all of one width, each in its own colour. */
export const createPrefix = (services: readonly string[], paint: Print['paint']): ((service: string) => string) => {
  const width = Math.max(...services.map((name) => name.length), 1);
  const order = new Map(services.map((name, place) => [name, place]));
  return (service) => paint(tones[(order.get(service) ?? 0) % tones.length] ?? 'cyan', `${service.padEnd(width)} | `);
};
