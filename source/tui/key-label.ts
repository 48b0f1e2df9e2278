/** A key as a person reads it. */
export const keyLabel = (key: string): string => labels[key] ?? key.replace('ctrl+', 'ctrl-');

const labels: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageUp: 'PgUp',
  pageDown: 'PgDn',
  home: 'Home',
  end: 'End',
  escape: 'esc',
  ' ': 'space',
  'shift+tab': 'shift-tab',
};
