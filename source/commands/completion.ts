import { BootyError } from '../core/error.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { zshCompletion } from './completion-zsh.ts';
import type { Command } from './context.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `booty completion`: for all commands, itself among them. */
export const createCompletion = (all: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'print a completion script for a shell',
  usage: 'completion bash|zsh|fish',
  details: [
    'Commands and options come from this version of booty; names of services and stacks are asked for as you type.',
    'Load it at the start of every shell:',
    "  bash   echo 'source <(booty completion bash)' >> ~/.bashrc",
    '  zsh    booty completion zsh > "${fpath[1]}/_booty"',
    '  fish   booty completion fish > ~/.config/fish/completions/booty.fish',
  ],
  options: {},
  examples: ['source <(booty completion bash)'],
  words: 'shell',
  positionalsMax: 1,
  run: async (context, args) => {
    const [shell] = args.positionals;
    const known = shells.find((name) => name === shell);
    if (!known) {
      const problem = shell === undefined ? 'booty completion needs a shell' : `there is no completion for ${shell}`;
      throw new BootyError('USAGE', { problem, usage: 'booty completion bash|zsh|fish' });
    }
    const script = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[known];
    await context.print.line(script(all().filter((command) => !command.hidden)));
    return 0;
  },
});
