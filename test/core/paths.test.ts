import test from 'ava';
import { bootyHome } from '../../source/core/paths.ts';

const homeOf = (environment: Readonly<Record<string, string>>): string =>
  bootyHome({ environment, homeFolder: '/home/ana', temporaryFolder: '/tmp', userId: 1000 });

test('home is where BOOTY_HOME says, else where XDG does, else the usual folder', (t) => {
  t.is(homeOf({ BOOTY_HOME: '/srv/booty//', XDG_DATA_HOME: '/data' }), '/srv/booty');
  t.is(homeOf({ BOOTY_HOME: '', XDG_DATA_HOME: '/data/' }), '/data/booty');
  t.is(homeOf({ XDG_DATA_HOME: 'data' }), '/home/ana/.local/share/booty');
});

test('a relative BOOTY_HOME is refused and never passed over for another store', (t) => {
  for (const own of ['booty', './booty', '~/booty']) {
    const error = t.throws(() => homeOf({ BOOTY_HOME: own }), { code: 'STORE_BAD_SETTING' });
    t.true(error?.message.includes(own));
  }
});
