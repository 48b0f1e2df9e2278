import { BootyError } from '../core/error.ts';
import { type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { errorLines } from './print.ts';
import { targetToStart } from './target.ts';

export const config: Command = {
  name: 'config',
  summary: 'check booty.yaml and show what it comes to',
  usage: 'config [--resolved] [-f FILE | --stack NAME] [--json]',
  details: [
    'Prints the file as it was understood: variables, env files and merges put in. With --resolved it prints what is run:',
    'arguments, generated files, environment, ports, versions, and who is wired to whom. Secrets are shown as •••.',
    'Nothing is started for it; ports are the real ones when the stack runs.',
  ],
  options: {
    ...stackOptions,
    resolved: { type: 'boolean', help: 'the whole truth: what is started, with what, wired to what' },
    ...jsonOption,
  },
  examples: ['booty config', 'booty config --resolved', 'booty config --json | jq .services'],
  positionalsMax: 0,
  run: async (context, args) => {
    const target = await targetToStart(context, args);
    const { definition } = target;
    if (definition === null) throw new BootyError('STACK_UNKNOWN', { name: target.stack, known: [] });
    const asJson = args.flag('json');
    for (const warning of definition.warnings) context.print.note(`booty: warning: ${warning}`);
    const { checkDefinition } = await import('../stack/check.ts');
    const problems = checkDefinition(definition);
    if (problems[0] !== undefined && (asJson || args.flag('resolved') || problems.length === 1)) throw problems[0];
    if (problems.length > 0) return printProblems(context, problems);
    const { definitionView, resolvedView } = await import('./config-view.ts');
    const view = args.flag('resolved') ? await resolvedView(context, target, definition) : definitionView(definition);
    if (asJson) await context.print.json(view.document);
    else await context.print.line(view.text.trimEnd());
    return 0;
  },
};

const printProblems = (context: Context, problems: readonly BootyError[]): number => {
  for (const problem of problems) for (const line of errorLines(problem)) context.print.note(line);
  return 2;
};
