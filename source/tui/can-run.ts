/**
Why the full screen cannot be shown on this terminal, or null when it can. The caller then falls back to plain lines.
*/
export const canRunTui = (
  stdin: { readonly isTTY?: boolean },
  stdout: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): string | null => {
  if (!stdout.isTTY) return 'the output is not a terminal';
  if (!stdin.isTTY) return 'the input is not a terminal';
  if (environment['TERM'] === 'dumb') return 'TERM=dumb: this terminal cannot place text';
  return null;
};
