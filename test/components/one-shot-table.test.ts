import test from 'ava';
import stringWidth from 'string-width';
import { renderTable } from '../../components/one-shot-table.tsx';

const rows = [
  { SERVICE: 'nats', STATE: 'ready', REASON: '日本語のサービス' },
  { SERVICE: 'victoria-metrics', STATE: 'failed', REASON: 'a reason that goes on and on '.repeat(4) },
];

test('a table has one rule, lines up wide characters and keeps to the terminal', async (t) => {
  const table = await renderTable(rows, ['SERVICE', 'STATE', 'REASON'], 72);
  // oxlint-disable-next-line no-control-regex -- SGR sequences are what is looked for
  const lines = table.replaceAll(/\u001B\[\d+m/g, '').split('\n');
  t.is(lines.length, 6);
  t.deepEqual([...new Set(lines.map((line) => stringWidth(line)))], [72]);
  t.true(lines[3]?.startsWith('│ nats             │ ready  │ 日本語のサービス '));
  t.true(lines[4]?.includes('…'));
});

test('a table without rows is its heading', async (t) => {
  const table = await renderTable([], ['SERVICE', 'STATE'], 80);
  t.true(table.includes('SERVICE'));
  t.is(table.split('\n').length, 3);
});
