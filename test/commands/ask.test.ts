/** Questions: who is asked, what counts as yes, and who cannot be asked. */
import test from 'ava';
import { ask } from '../../source/commands/ask.ts';
import type { Arguments } from '../../source/commands/context.ts';
import type { Terminal } from '../../source/ports.ts';

const args = (yes: boolean): Arguments => ({
  text: () => undefined,
  flag: (name) => yes && name === 'yes',
  positionals: [],
});

const terminalThat = (isTerminal: boolean, answer: string, asked: string[] = []) =>
  ({
    terminal: {
      inputIsTerminal: isTerminal,
      errorIsTerminal: isTerminal,
      ask: async (question: string) => {
        asked.push(question);
        return answer;
      },
    } as Terminal,
  }) as const;

for (const [answer, isYes] of [
  ['y', true],
  [' Yes ', true],
  ['', false],
  ['n', false],
  ['yep', false],
] as const) {
  test(`${JSON.stringify(answer)} is ${isYes ? 'yes' : 'no'}`, async (t) => {
    const asked: string[] = [];
    t.is(await ask(terminalThat(true, answer, asked), args(false), 'Go on?'), isYes);
    t.deepEqual(asked, ['Go on? [y/N] ']);
  });
}

test('-y answers without asking, also without a terminal', async (t) => {
  const asked: string[] = [];
  t.true(await ask(terminalThat(false, 'n', asked), args(true), 'Go on?'));
  t.deepEqual(asked, []);
});

test('without a terminal the question is an error that says how to answer it', async (t) => {
  const error = await t.throwsAsync(ask(terminalThat(false, 'y'), args(false), 'Go on?'), { code: 'ANSWER_NEEDED' });
  t.regex(error?.message ?? '', /Go on\?/);
});
