import { optionsOf, quoted, valueKind } from './completion-words.ts';
import type { Command } from './context.ts';

/** The script for bash 4 and newer; needs nothing of the package bash-completion. */
export const bashCompletion = (commands: readonly Command[]): string =>
  `# Completion of booty for bash. Load it with: source <(booty completion bash)
_booty() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} verb=\${COMP_WORDS[1]}
  local options='' words='' files='' stacks='' texts='' candidates=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W ${quoted([...commands.map(({ name }) => name), 'help'].join(' '))} -- "$current")
    return
  fi
  case $verb in
${commands.map(branch).join('\n')}
    help) words=help ;;
  esac
  if [[ $files == *" $before "* ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  elif [[ $stacks == *" $before "* ]]; then
    candidates=$(booty __complete stack 2>/dev/null)
  elif [[ $texts == *" $before "* ]]; then
    return
  elif [[ $current == -* ]]; then
    candidates=$options
  elif [[ $words == shell ]]; then
    candidates='bash zsh fish'
  elif [[ $words == help ]]; then
    candidates=${quoted(commands.map(({ name }) => name).join(' '))}
  elif [[ -n $words ]]; then
    candidates=$(booty __complete "$words" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
}
complete -o default -F _booty booty`;

const branch = (command: Command): string => {
  const options = optionsOf(command).map(([name, option]) => ({
    kind: valueKind(name, option),
    words: [`--${name}`, ...(option.short ? [`-${option.short}`] : [])],
  }));
  const list = (kind: string): string =>
    options
      .filter((option) => option.kind === kind)
      .flatMap((option) => option.words)
      .join(' ');
  const settings = [
    `options=${quoted(options.flatMap(({ words }) => words).join(' '))}`,
    `words=${command.words ?? ''}`,
    ...(['file', 'stack', 'text'] as const).map((kind) => `${kind}s=${quoted(` ${list(kind)} `)}`),
  ];
  return `    ${command.name}) ${settings.join(' ')} ;;`;
};
