import type { Host } from '../ports.ts';

/** Who asks, for the history: the person behind sudo, else the user by name, else by number. */
export const whoIs = ({ environment, userId }: Pick<Host, 'environment' | 'userId'>): string =>
  environment['SUDO_USER'] ||
  environment['USER'] ||
  environment['LOGNAME'] ||
  (userId === 0 ? 'root' : `user ${userId}`);
