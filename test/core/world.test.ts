/** Which differences between two worlds somebody has to hear of. */
import test from 'ava';
import { hasOtherStates, isSameButForQuestions } from '../../source/core/world.ts';
import { readiness, serviceSpec, Story } from './story.ts';

test('an answer that says what the last one said is news to nobody; another reason or state is', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { readiness })]);
  story.started('web');
  story.answered('web', false);
  const before = story.world;
  story.pass(20);
  story.answered('web', false);
  t.not(story.world, before);
  t.true(isSameButForQuestions(before, story.world));

  story.pass(20);
  story.answered('web', true);
  t.false(isSameButForQuestions(before, story.world));
  t.true(hasOtherStates(before, story.world));
});

test('a wish, a service that came and one that went are no questions', (t) => {
  const story = new Story();
  const [web, db] = [serviceSpec('web'), serviceSpec('db')];
  story.up([web]);
  story.becomeReady('web');
  const alone = story.world;
  story.up([web, db]);
  t.false(isSameButForQuestions(alone, story.world));
  t.true(hasOtherStates(alone, story.world));
  story.becomeReady('db');
  const both = story.world;
  story.up([db]);
  t.false(isSameButForQuestions(both, story.world));
  story.exited('web');
  t.true(hasOtherStates(both, story.world));
  t.false(isSameButForQuestions(both, story.world));
});
