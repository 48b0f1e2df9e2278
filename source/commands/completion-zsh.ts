import { optionsOf, quoted, valueKind } from './completion-words.ts';
import type { Command, OptionSpec } from './context.ts';

/** The script for zsh: a file `_booty` in a folder of fpath, or loaded with source after compinit. */
export const zshCompletion = (commands: readonly Command[]): string =>
  `#compdef booty
# Completion of booty for zsh. Save it as _booty in a folder of $fpath.
_booty_names() {
  local -a names
  names=(\${(f)"$(booty __complete "$1" "\${(@)words[1,CURRENT-1]}" 2>/dev/null)"})
  compadd -a names
}
_booty() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${commands.map(branch).join('\n')}
    help) _describe -t commands command commands ;;
  esac
}
if [[ $funcstack[1] == _booty ]]; then _booty "$@"; else compdef _booty booty; fi`;

const branch = (command: Command): string => {
  const specs = [...optionsOf(command).flatMap(([name, option]) => optionSpecs(name, option)), ...wordSpecs(command)];
  return `    ${command.name})\n      _arguments -s -S ${specs.map((spec) => `\\\n        ${quoted(spec)}`).join(' ')}\n      ;;`;
};

/** One for each spelling; each excludes the other. */
const optionSpecs = (name: string, option: OptionSpec): readonly string[] => {
  const spellings = [`--${name}`, ...(option.short ? [`-${option.short}`] : [])];
  const help = option.help.replaceAll(/[[\]\\]/g, String.raw`\$&`);
  return spellings.map((spelling) => {
    const own = spelling.startsWith('--') && option.type === 'string' ? `${spelling}=` : spelling;
    return `(${spellings.join(' ')})${own}[${help}]${valueSpec(name, option)}`;
  });
};

const valueSpec = (name: string, option: OptionSpec): string => {
  const value = option.value ?? 'VALUE';
  switch (valueKind(name, option)) {
    case 'none':
      return '';
    case 'file':
      return `:${value}:_files`;
    case 'stack':
      return `:${value}:_booty_names stack`;
    case 'text':
      return `:${value}: `;
  }
};

const wordSpecs = ({ words, wordsBeforeCommand }: Command): readonly string[] => {
  const names = words === 'shell' ? '(bash zsh fish)' : `_booty_names ${words}`;
  if (wordsBeforeCommand === undefined) return words === undefined ? [] : [`*:${words}:${names}`];
  return [...(words === undefined ? [] : [`1:${words}:${names}`]), '*:::command:_normal'];
};
