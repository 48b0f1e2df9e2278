import test from 'ava';

/** True where all tests are asked for: `BOOTY_TESTS=all npm test`, which takes more than twice as long. */
const isThorough = process.env['BOOTY_TESTS'] === 'all';

/** To stand in the names of tests that are left out otherwise. */
export const whenThorough = isThorough ? '' : ' (left out for its length: BOOTY_TESTS=all npm test)';

/**
A test that is long, or costly, one after the other within its file: left out of the test command unless all are asked
for, and then named by it.
*/
export const thoroughInTurn: typeof test.serial | typeof test.serial.skip = isThorough ? test.serial : test.serial.skip;
