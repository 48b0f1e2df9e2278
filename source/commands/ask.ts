import { BootyError } from '../core/error.ts';
import type { Arguments, Context, OptionSpec } from './context.ts';

/** The option of every command that asks. */
export const yesOption = {
  yes: { type: 'boolean', short: 'y', help: 'answer every question with yes' },
} satisfies Record<string, OptionSpec>;

/**
Asks a question that is answered with yes or no, and resolves to whether it was yes. Only `y` or `yes` is yes, Enter
alone is no; `-y` answers without asking. Throws ANSWER_NEEDED where nobody can be asked.
*/
export const ask = async (
  { terminal }: Pick<Context, 'terminal'>,
  args: Arguments,
  question: string,
): Promise<boolean> => {
  if (args.flag('yes')) return true;
  if (!terminal.inputIsTerminal || !terminal.errorIsTerminal) throw new BootyError('ANSWER_NEEDED', { question });
  const answer = await terminal.ask(`${question} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
};
