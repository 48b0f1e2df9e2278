/** The parts of Ink's key description that matter here; its `Key` fits. */
export type KeyPress = {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageDown: boolean;
  readonly pageUp: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
};

/**
Names of the keys pressed, as the keymap writes them: `ctrl+c`, `pageUp`, `enter`, or the character itself. Fast typing
can arrive as one piece of several characters, each is a key of its own; what is held with alt means nothing here.
*/
export const keyNames = (input: string, key: KeyPress): readonly string[] => {
  if (key.tab && key.shift) return ['shift+tab'];
  for (const [name, isPressed] of named) if (isPressed(key)) return [name];
  if (key.meta) return [];
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input.toLowerCase()}`];
  return Array.from(input).flatMap(typedName);
};

/** A character's name; control characters come bare when they arrive together with others. */
const typedName = (character: string): readonly string[] => {
  const code = character.codePointAt(0) ?? 0;
  const name = bare[code];
  if (name !== undefined) return [name];
  if (code >= 0x20) return [character];
  return code >= 1 && code <= 26 ? [`ctrl+${String.fromCodePoint(code + 0x60)}`] : [];
};

const bare: Readonly<Record<number, string>> = { 0x09: 'tab', 0x0d: 'enter', 0x1b: 'escape', 0x7f: 'backspace' };

const named: readonly (readonly [string, (key: KeyPress) => boolean])[] = [
  ['up', (key) => key.upArrow],
  ['down', (key) => key.downArrow],
  ['left', (key) => key.leftArrow],
  ['right', (key) => key.rightArrow],
  ['pageUp', (key) => key.pageUp],
  ['pageDown', (key) => key.pageDown],
  ['home', (key) => key.home],
  ['end', (key) => key.end],
  ['enter', (key) => key.return],
  ['escape', (key) => key.escape],
  ['tab', (key) => key.tab],
  // Terminals send DEL for the backspace key; Ink calls that delete.
  ['backspace', (key) => key.backspace || key.delete],
];
