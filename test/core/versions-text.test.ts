import test from 'ava';
import { versionsText } from '../../source/core/versions-text.ts';

test('a few versions are all named, of many the newest and how many there are', (t) => {
  t.is(versionsText([]), '');
  t.is(versionsText(['1.0.0', '1.1.0']), '1.0.0, 1.1.0');
  const many = Array.from({ length: 1_000 }, (_, index) => `3.0.${index}`);
  t.is(versionsText(many.slice(0, 12)), many.slice(0, 12).join(', '));
  const text = versionsText(many);
  t.regex(text, /^1000 versions, 3\.0\.0 to 3\.0\.992, .*, 3\.0\.999$/);
  t.true(text.length < 120);
});
