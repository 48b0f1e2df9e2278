/** Who asks, for the history: the person behind sudo, else the user by name. */
export const whoIs = (environment: Readonly<Record<string, string>>): string =>
  environment['SUDO_USER'] || environment['USER'] || environment['LOGNAME'] || 'unknown';
