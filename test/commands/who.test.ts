import test from 'ava';
import { whoIs } from '../../source/commands/who.ts';

const host = { userId: 1000, userName: () => 'ben', environment: {} };

test('who asks is the person behind sudo, the user of the session, the one the machine knows, or a number', (t) => {
  t.is(whoIs({ ...host, environment: { SUDO_USER: 'ana', USER: 'root' } }), 'ana');
  t.is(whoIs({ ...host, environment: { USER: 'cem' } }), 'cem');
  t.is(whoIs(host), 'ben');
  t.is(whoIs({ ...host, userName: () => null }), 'user 1000');
});
