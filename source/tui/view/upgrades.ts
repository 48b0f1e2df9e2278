import type { UpgradeRow } from '../../api/upgrade-protocol.ts';
import { fitLine, retone, span, type Line, type Span } from '../line.ts';
import { cut, pad, widthOf, wrapWords } from '../text.ts';
import type { Look } from '../theme.ts';
import type { UiState } from '../ui-state.ts';
import { offeredRows, upgradeRowOf, upgradeRows } from '../upgrades.ts';
import { paneRule } from './pane-rule.ts';
import { ruleLine } from './rule.ts';
import { progressLines, progressTitle } from './upgrade-progress.ts';
import { deferredText, isOffered, rollbackTones, rollbackWords, whenText } from './upgrade-words.ts';

/** Each service's version and what is newer, then the upgrade under way or over, or all that is known of the selected one. */
export const upgradesPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  const rows = upgradeRows(state);
  const rule = paneRule(state, title(state), look);
  const progress = state.seen?.upgrade ?? null;
  // While one runs its steps matter most; else the table does.
  const most = Math.max(2, Math.floor((height - 1) * (progress?.result === null ? 0.35 : 0.5)));
  const table = tableLines(state, Math.min(rows.length + 1, most), look);
  const room = height - 1 - table.length;
  const wanted = detailLines(state, look);
  if (!progress) return [rule, ...table, ...wanted.slice(0, room)];
  const view = { nowMs: state.nowMs, width: state.size.columns, look };
  const { text, tone } = progressTitle(progress);
  const head = ruleLine([span(text, tone)], [], state.size.columns, look);
  const steps = progressLines(progress, { ...view, rows: room - 1 });
  const left = room - 1 - steps.length;
  return [rule, ...table, head, ...steps, ...(left > wanted.length ? wanted : [])];
};

const title = (state: UiState): Line => {
  const look = state.seen?.upgrades;
  const offered = offeredRows(state).length;
  const looked = !look || look.atMs === null ? ', not looked yet' : `, looked ${whenText(look.atMs, state.nowMs)}`;
  return [
    span('UPGRADES', 'strong'),
    span(` ${offered} offered`, offered > 0 ? 'warn' : 'dim'),
    span(look?.looking ? ', looking' : looked, 'dim'),
  ];
};

const versionWidth = 12;

const tableLines = (state: UiState, height: number, look: Look): readonly Line[] => {
  const rows = upgradeRows(state);
  if (rows.length === 0) return [[span(' nothing of this stack comes from the registry, or nobody looked yet', 'dim')]];
  const nameWidth = Math.min(18, Math.max(7, ...rows.map((row) => widthOf(row.service))));
  const index = Math.max(
    0,
    rows.findIndex((row) => row.service === state.selected),
  );
  const room = Math.max(1, height - 1);
  const top = Math.max(0, Math.min(index - Math.floor(room / 2), rows.length - room));
  const heading = `   ${pad('SERVICE', nameWidth)}  ${['RUNS', 'IN RANGE', 'NEWEST'].map((text) => pad(text, versionWidth)).join('')}GOING BACK`;
  const shown = rows.slice(top, top + room).map((row): Line => {
    const line = fitLine(rowLine(row, nameWidth, state, look), state.size.columns, look.symbols.more);
    return row.service === state.selected ? retone(line, 'chosen') : line;
  });
  return [[span(heading, 'dim')], ...shown];
};

const putOffWords = { later: 'later', skip: 'skipped' } as const;

const rowLine = (row: UpgradeRow, nameWidth: number, state: UiState, look: Look): Line => {
  const version = (text: string | null) => pad(cut(text ?? '-', versionWidth - 1, look.symbols.more), versionWidth);
  const putOff = row.deferred === null || isOffered(row, state.nowMs) ? null : putOffWords[row.deferred.kind];
  const note =
    row.suspect !== null
      ? span('SUSPECT', 'bad')
      : row.tried !== undefined && putOff === null
        ? span('went back', 'warn')
        : span(putOff ?? (row.notices.length > 0 ? 'note' : ''), 'dim');
  return [
    span(row.service === state.selected ? ` ${look.symbols.pointer} ` : '   ', 'accent'),
    span(`${pad(cut(row.service, nameWidth, look.symbols.more), nameWidth)}  `),
    span(version(row.current)),
    span(version(row.inRange), isOffered(row, state.nowMs) ? 'good' : 'dim'),
    span(version(row.newest), 'dim'),
    span(pad(rollbackWords[row.rollback], 15), rollbackTones[row.rollback]),
    note,
  ];
};

const detailLines = (state: UiState, look: Look): readonly Line[] => {
  const row = upgradeRowOf(state, state.selected);
  const troubles = (state.seen?.upgrades?.troubles ?? []).map((text) => said('trouble', [span(text, 'warn')]));
  if (!row) return flow(troubles, state.size.columns);
  const rule = ruleLine(
    [span(row.service, 'accent'), span(` ${row.current ?? 'not installed'}`)],
    [],
    state.size.columns,
    look,
  );
  return [rule, ...flow([...facts(row, state), ...troubles], state.size.columns)];
};

type Fact = { readonly name: string; readonly pieces: readonly Span[] };
const said = (name: string, pieces: readonly Span[]): Fact => ({ name, pieces });

const facts = (row: UpgradeRow, state: UiState): readonly Fact[] => {
  const { service, inRange, newest, back, suspect } = row;
  const putOff = deferredText(row, state.nowMs);
  const offer = `[u] upgrades to ${inRange}${putOff === null ? '' : ` (${putOff})`}`;
  const beyond = newest !== null && newest !== inRange;
  return [
    ...(suspect === null
      ? []
      : [
          said('suspect', [
            span(
              `upgraded ${whenText(suspect.atMs, state.nowMs)} from ${suspect.from} to ${suspect.to}, then: ${suspect.what}`,
              'bad',
            ),
          ]),
        ]),
    said('newer', [span(inRange === null ? 'nothing in its range' : offer)]),
    ...(row.tried === undefined
      ? []
      : [
          said('tried', [
            span(`${inRange} was taken back ${whenText(row.tried.atMs, state.nowMs)}: ${row.tried.why}`, 'warn'),
          ]),
        ]),
    ...(beyond
      ? [
          said('beyond', [
            span(`${newest} does not fit ${row.range ?? 'its range'}: booty upgrade ${service}@${newest}`),
          ]),
        ]
      : []),
    said('going back', [span(backMeaning[row.rollback], rollbackTones[row.rollback])]),
    ...(back === null ? [] : [said('before', [span(beforeText(back, state.nowMs))])]),
    said('needed by', [span(dependants(service, state))]),
    ...row.notices.map((notice) => said('note', [span(notice, 'warn')])),
    ...(row.releaseNotes === null ? [] : [said('changes', [span(row.releaseNotes, 'accent')])]),
    ...(row.currentSource === null ? [] : [said('from', [span(row.currentSource, 'dim')])]),
  ];
};

const backMeaning = {
  safe: 'safe: the old version takes up the same data',
  'needs-snapshot': 'needs a snapshot of the data, made before the switch; what is written after it is lost',
  impossible: 'no way back: the old version cannot read what the new one writes',
} as const;

const beforeText = ({ version, atMs, blockedBy }: NonNullable<UpgradeRow['back']>, nowMs: number): string =>
  blockedBy === null
    ? `[b] back to ${version}, which ran until ${whenText(atMs, nowMs)}`
    : `no way back to ${version}: ${blockedBy}`;

const dependants = (service: string, state: UiState): string => {
  const dependencies = state.seen?.dependencies ?? {};
  const names = Object.keys(dependencies).filter((name) => dependencies[name]?.includes(service));
  return names.length === 0 ? 'nothing' : `${names.join(', ')}; the plan says what restarts too`;
};

const flow = (all: readonly Fact[], columns: number): readonly Line[] =>
  all.flatMap(({ name, pieces }) => {
    const tone = pieces[0]?.tone ?? 'plain';
    return wrapWords(pieces.map((piece) => piece.text).join(''), Math.max(16, columns - 14)).map((row, index): Line => [
      span(pad(index === 0 ? ` ${name}` : '', 13), 'dim'),
      span(row, tone),
    ]);
  });
