import test from 'ava';
import { keyNames, type KeyPress } from '../../source/tui/keys.ts';
import { modes } from '../../source/tui/binding.ts';
import { keyLabel } from '../../source/tui/key-label.ts';
import { commandFor, keymap } from '../../source/tui/keymap.ts';
import { textOf } from '../../source/tui/line.ts';
import { helpLines } from '../../source/tui/view/help.ts';

test('no key means two things in one mode', (t) => {
  for (const mode of modes) {
    const keys = keymap.filter((binding) => binding.modes.includes(mode)).flatMap((binding) => binding.keys);
    t.deepEqual(keys, [...new Set(keys)], mode);
  }
});

test('each key reaches its command in each of its modes, and every mode can be left', (t) => {
  for (const binding of keymap) {
    for (const mode of binding.modes) {
      for (const key of binding.keys) t.is(commandFor(mode, key), binding.command, `${mode} ${key}`);
    }
  }
  for (const mode of modes) t.truthy(commandFor(mode, 'ctrl+c'), mode);
});

test('a question is never confirmed with Enter', (t) => {
  for (const mode of ['leave', 'confirm', 'name', 'plan'] as const) t.is(commandFor(mode, 'enter'), null);
});

test('the help lists every binding with its keys', (t) => {
  const lines = helpLines().map(textOf);
  for (const binding of keymap) {
    const keys = binding.keys.map(keyLabel).join(' ');
    t.true(
      lines.some((line) => line.includes(` ${keys} `) && line.endsWith(binding.help)),
      `${binding.command}: ${keys}`,
    );
  }
  for (const line of lines) t.true(line.length <= 80, line);
});

const none: KeyPress = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  shift: false,
};

test('key presses get the names the keymap uses', (t) => {
  t.deepEqual(keyNames('j', none), ['j']);
  t.deepEqual(keyNames('jjk', none), ['j', 'j', 'k']);
  t.deepEqual(keyNames('j\r\u0003', none), ['j', 'enter', 'ctrl+c']);
  t.deepEqual(keyNames('X', none), ['X']);
  t.deepEqual(keyNames('c', { ...none, ctrl: true }), ['ctrl+c']);
  t.deepEqual(keyNames('', { ...none, pageUp: true }), ['pageUp']);
  t.deepEqual(keyNames('', { ...none, tab: true }), ['tab']);
  t.deepEqual(keyNames('', { ...none, tab: true, shift: true }), ['shift+tab']);
  t.deepEqual(keyNames('q', { ...none, meta: true }), []);
  t.deepEqual(keyNames('', { ...none, escape: true, meta: true }), ['escape']);
});
