import type { Host } from '../ports.ts';

/** Who asks, for the history: the person behind sudo, else the user by name, where nothing else is known by number. */
export const whoIs = ({ environment, userName, userId }: Pick<Host, 'environment' | 'userName' | 'userId'>): string =>
  environment['SUDO_USER'] || environment['USER'] || environment['LOGNAME'] || userName() || `user ${userId}`;
