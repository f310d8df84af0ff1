// modules.mjs - the page's pure modules, without a browser

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runTests } from './report.mjs';

const at = (name) => new URL(`../../service/web/static/${name}`,
  import.meta.url);
const catalogues = process.argv.slice(2);

// text.js loads its catalogue from where the page would.
globalThis.document = { documentElement: {} };
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
globalThis.location = { search: '' };
globalThis.fetch = async () => ({ ok: true,
  json: async () => JSON.parse(readFileSync(catalogues[0], 'utf8')) });

const { loadText } = await import(at('text.js'));
const format = await import(at('format.js'));
const { eventParser } = await import(at('stream.js'));
const { headline, readFailure, spoken } = await import(at('headline.js'));
const { provenText } = await import(at('person.js'));
const { HINTS } = await import(at('hint.js'));
const extras = await import(at('extras.js'));
const { parseMetrics, single } = await import(at('metrics.js'));

const VIEW = {
  desk: 'ban-1', phase: 'answered', reader: { state: 'ready' },
  read: { step: 'done', error: null }, identity: null, warnings: [],
  lookup: null, message: null,
};

const MAU = { number: '084190123456', full_name: 'NGUYỄN THỊ MẪU' };
const withOutcome = (outcome) => ({ ...VIEW, identity: MAU, lookup: { outcome,
  reason: 'x', message: 'm', next_step: 'n', card: null } });

function eventsOf(pieces) {
  const events = [];
  const parse = eventParser((name, data) => events.push([name, data]));
  pieces.forEach(parse);
  return events;
}

const tests = [
  ['of_two_questions_the_newer_counts', async () => {
    const { newest } = await import(at('newest.js'));
    const anew = newest();
    const first = anew();
    assert.equal(first.aborted, false);
    const second = anew();
    assert.deepEqual([first.aborted, second.aborted], [true, false]);
  }],
  ['the_language_chosen_last_stays', async () => {
    const text = await import(at('text.js'));
    const held = [];
    const whole = globalThis.fetch;
    globalThis.fetch = (path) => new Promise((resume) => {
      held.push(() => resume({ ok: true,
        json: async () => ({ which: path }) }));
    });
    const first = text.chooseLanguage('en');
    const second = text.chooseLanguage('vi');
    held[1]();
    await second;
    held[0]();
    await first;
    globalThis.fetch = whole;
    assert.equal(text.currentLanguage().id, 'vi');
    assert.equal(text.t('which'), '/text/vi.json');
    await loadText();
  }],
  ['dates_as_on_the_card', () => {
    assert.equal(format.dateText('1990-03-05'), '05/03/1990');
    assert.equal(format.dateText('1990-03'), '03/1990');
    assert.equal(format.dateText('1990'), '1990');
    assert.equal(format.dateText(null), '');
  }],
  ['sums_and_minutes_as_written_here', () => {
    assert.equal(extras.moneyText(15180000).replace(/\s/g, ' '),
      '15.180.000 ₫');
    assert.equal(extras.moneyText(0).replace(/\s/g, ' '), '0 ₫');
    assert.equal(extras.minuteText('2026-11-23T07:31'), '07:31 23/11/2026');
    assert.equal(extras.minuteText(null), '');
  }],
  ['birth_dates_as_typed', () => {
    assert.equal(format.dateTyped('05/03/1990'), '1990-03-05');
    assert.equal(format.dateTyped(' 5.3.1990 '), '1990-03-05');
    assert.equal(format.dateTyped('05031990'), '1990-03-05');
    assert.equal(format.dateTyped('3/1990'), '1990-03');
    assert.equal(format.dateTyped('1990'), '1990');
    assert.equal(format.dateTyped('29/02/2000'), '2000-02-29');
  }],
  ['impossible_birth_dates_are_refused', () => {
    for (const text of ['', '31/02/1990', '29/02/1900', '00/03/1990',
      '05/13/1990', '05/03/90', '1/05/03/1990', '5a/03/1990', '2999',
      '-5/03/1990', '1990-03-05', 'Nguyễn'])
      assert.equal(format.dateTyped(text), null, text);
  }],
  ['wall_clock_of_the_clinic', () => {
    assert.equal(format.today(Date.parse('2026-11-23T17:30:00Z')),
      '2026-11-24');
    assert.equal(format.today(Date.parse('2026-11-23T16:59:59Z')),
      '2026-11-23');
    assert.equal(format.instantText('2020-01-01T17:05:00Z'),
      '00:05 02/01/2020');
    assert.equal(format.instantText('no instant'), '');
  }],
  ['events_in_any_pieces', () => {
    const whole = ':\n\nevent: desk\ndata: {"a":1}\n\nevent: gone\n' +
      'data: {}\n\n';
    const expected = [['desk', '{"a":1}'], ['gone', '{}']];
    assert.deepEqual(eventsOf([whole]), expected);
    assert.deepEqual(eventsOf([...whole]), expected);
    assert.deepEqual(eventsOf([...whole.replace(/\n/g, '\r\n')]), expected);
  }],
  ['an_event_cut_short_is_not_told', () => {
    assert.deepEqual(eventsOf(['event: desk\ndata: {"a"']), []);
  }],
  ['each_outcome_has_its_own_word_icon_and_colour', () => {
    const lines = ['covered', 'not_covered', 'mismatch', 'not_found',
      'unavailable'].map((outcome) => headline(withOutcome(outcome)));
    for (const member of ['title', 'icon', 'tone'])
      assert.equal(new Set(lines.map((line) => line[member])).size, 5);
    lines.forEach((line) => assert.ok(line.next));
  }],
  ['what_is_asked_again_by_itself_is_not_asked_of_the_clerk', () => {
    const next = (lookup, asks) => headline({ ...withOutcome('unavailable'),
      rechecks: { asks }, lookup: { outcome: 'unavailable', source: 'none',
        card: null, ...lookup } }).next;
    const broken = { reason: '500', owner: 'gateway' };
    assert.match(next(broken, false), /Tra cứu lại sau ít phút/);
    assert.match(next(broken, true), /Máy tự hỏi lại/);
    assert.doesNotMatch(next(broken, true), /Tra cứu lại/);
    assert.match(next({ reason: 'line', owner: 'line' }, true),
      /Máy tự hỏi lại/);
    assert.match(next({ reason: 'line', owner: 'line', outcome: 'covered',
      source: 'stale' }, true), /theo kết quả này. Máy tự hỏi lại/);
    // What somebody has to mend stays said.
    const account = { reason: '401', owner: 'clinic' };
    assert.equal(next(account, true), next(account, false));
  }],
  ['no_answer_yet_is_no_outcome', () => {
    assert.equal(headline({ ...withOutcome('none'), phase: 'asking' }).tone,
      'waiting');
    assert.equal(headline({ ...VIEW, phase: 'idle' }), null);
  }],
  ['a_failed_store_hides_every_outcome', () => {
    assert.equal(headline({ ...withOutcome('covered'),
      message: 'store_failed' }).tone, 'failed');
  }],
  ['a_false_chip_leaves_nobody_covered', () => {
    const line = headline({ ...withOutcome('covered'), identity: null,
      read: { step: 'verify', error: 'trust_hash' } });
    assert.equal(line.tone, 'failed');
  }],
  ['who_signed_is_said_in_neutral_words', () => {
    const words = (word, state, more) => provenText(word, { ...VIEW,
      passive_authentication: 'unknown_issuer', issuer: { state, ...more } });
    const unknown = ['no_list', 'not_in_list'].flatMap((state) =>
      ['chip_consistent', 'chip_read'].map((word) => words(word, state)));
    assert.equal(new Set(unknown).size, 4);
    const pinned = words('chip_verified', 'pinned',
      { accepted_by: 'BS. Mẫu', accepted_on: '2026-11-26' });
    assert.ok(pinned.includes('BS. Mẫu') && pinned.includes('26/11/2026'));
    assert.equal(provenText('printed', { ...VIEW, issuer: null }),
      provenText('printed', VIEW));
    assert.ok(provenText('chip_verified', { ...VIEW, issuer: {
      state: 'listed' }, passive_authentication: 'valid' }));
  }],
  ['numbers_are_not_read_out', () => {
    const view = withOutcome('covered');
    assert.ok(spoken(view).includes('NGUYỄN THỊ MẪU'));
    assert.ok(!spoken(view).includes('0841'));
  }],
  ['a_card_that_never_left_is_read_out', () => {
    const idle = { ...VIEW, phase: 'idle' };
    const left = { ...idle, phase: 'take_card', read: { error: null, hint: 'take_away' } };
    assert.notEqual(spoken(left), spoken(idle));
    assert.match(spoken(left), /người bệnh trước/);
  }],
  ['tries_left_are_told_where_the_chip_counts', () => {
    const plain = readFailure({ error: 'access_denied', tries_left: null });
    const counted = readFailure({ error: 'access_denied', tries_left: 2 });
    assert.equal(counted.title, plain.title);
    assert.ok(counted.hint.endsWith(plain.hint));
    assert.match(counted.hint.slice(0, -plain.hint.length), /\b2\b/);
  }],
  ['a_card_of_another_kind_is_named', () => {
    const title = (hint) => readFailure({ error: 'card_unsupported', hint,
      tries_left: null }).title;
    assert.equal(new Set(['bank_card', 'transit_card', 'other_card']
      .map(title)).size, 3);
    assert.ok(!title('bank_card').endsWith('.'));
  }],
  ['metrics_are_read_by_name', () => {
    const samples = parseMetrics('# TYPE a gauge\na 1\n' +
      'b{x="y \\"z\\", w",v="2"} 3.5\n# EOF\n');
    assert.equal(single(samples, 'a'), 1);
    assert.deepEqual(samples[1].labels, { x: 'y "z", w', v: '2' });
    assert.equal(single(samples, 'c'), undefined);
  }],
  ['every_failed_read_has_words', () => {
    const rows = readFileSync(new URL('../../include/ck/error.h',
      import.meta.url), 'utf8').matchAll(
      /X\(CK_ERR_\w+, (1\d\d|2\d\d), CK_CLASS_(\w+),[\s\\]*"(\w+)"/g);
    const labels = [...rows].filter(([, , kind]) => kind !== 'INTERNAL')
      .map(([, , , label]) => label);
    assert.ok(labels.length > 20);
    for (const file of catalogues) {
      const texts = JSON.parse(readFileSync(file, 'utf8'));
      for (const label of labels)
        assert.ok(texts[`error.${label}`] && texts[`error.${label}.hint`],
          `${file}: ${label}`);
    }
  }],
  ['every_end_of_a_notice_or_a_call_has_words', () => {
    const labels = (file, list) => [...readFileSync(new URL(
      `../../service/store/${file}`, import.meta.url), 'utf8')
      .split(`#define ${list}(X)`)[1].split('\n\n')[0]
      .matchAll(/X\(CK_\w+, \d+, "(\w+)"\)/g)].map(([, label]) => label);
    const notices = labels('check_in.h', 'CK_NOTICE_STATE_LIST');
    const calls = labels('forwarded.h', 'CK_FORWARDED_STATE_LIST');
    assert.ok(notices.length >= 5 && calls.length >= 6);
    for (const file of catalogues) {
      const texts = JSON.parse(readFileSync(file, 'utf8'));
      for (const label of notices) {
        assert.ok(texts[`checkin.notice.${label}`], `${file}: ${label}`);
        assert.ok(texts[`receipt.value.notice_state.${label}`],
          `${file}: ${label}`);
      }
      for (const label of calls.filter((one) => one !== 'under_way'))
        assert.ok(texts[`receipt.value.forwarded_state.${label}`],
          `${file}: ${label}`);
    }
  }],
  ['every_verdict_has_words', () => {
    const labels = [...readFileSync(new URL('../../service/ledger/verdict.h',
      import.meta.url), 'utf8').matchAll(/X\(CK_FEED_\w+, "(\w+)"/g)]
      .map(([, label]) => label);
    assert.ok(labels.length >= 20);
    for (const file of catalogues) {
      const texts = JSON.parse(readFileSync(file, 'utf8'));
      for (const label of labels)
        assert.ok(texts[`feed.reason.${label}`], `${file}: ${label}`);
    }
  }],
  ['every_hint_has_words_and_a_drawing', () => {
    const labels = [...readFileSync(new URL('../../include/ck/hint.h',
      import.meta.url), 'utf8').matchAll(/X\(CK_HINT_\w+, \d+, "(\w+)"/g)]
      .map(([, label]) => label);
    assert.ok(labels.length >= 10);
    assert.deepEqual([...HINTS].sort(), [...labels].sort());
    for (const file of catalogues) {
      const texts = JSON.parse(readFileSync(file, 'utf8'));
      for (const label of labels)
        assert.ok(texts[`hint.${label}`] && texts[`hint.${label}.title`],
          `${file}: ${label}`);
    }
  }],
];

await loadText();
await runTests(tests);
