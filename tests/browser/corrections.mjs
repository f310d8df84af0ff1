// corrections.mjs ADDRESS [PICTURE] - the list of patients to correct, in
// Chromium
//
// The list is real: two people whose codes were scanned at the desk of practice
// mode. Practice sends nothing, so what the page does where cases can be made is
// seen with the same list and one word of the answer changed;
// tests/flow/flow_corrections.c sends real ones.

import assert from 'node:assert/strict';
import { startChromium } from './chromium.mjs';
import { runTests } from './report.mjs';

const [address, picture] = process.argv.slice(2);
const browser = await startChromium();
const page = await browser.page(1366, 768);
let people = [];

const person = (label) => {
  const found = people.find((one) => one.person === label);
  assert.ok(found, `no simulated patient ${label}`);
  return found;
};

const keepPicture = async (name) => {
  if (picture)
    await page.picture(picture.replace('.png', `-${name}.png`));
};

const idle = () => page.until(
  `document.querySelector('#stage').dataset.phase === 'idle'`);

async function scan(label, words) {
  await page.escape();
  await idle();
  await page.value(`document.querySelector('#scan').focus()`);
  await page.type(person(label).qr);
  await page.enter();
  await page.sees('#stage', words);
  await page.escape();
  await idle();
}

// From the next document on: cases can be made, and what is sent is kept.
const pretend = (status) => page.call('Page.addScriptToEvaluateOnNewDocument',
  { source: `{
    const whole = window.fetch;
    window.sent = [];
    window.fetch = async (path, options) => {
      if (String(path).endsWith('/case')) {
        window.sent.push([path, JSON.parse(options.body)]);
        return new Response(JSON.stringify({ type: 'about:blank/case-open' }),
          { status: ${status} });
      }
      const answer = await whole(path, options);
      if (!String(path).startsWith('/v1/corrections'))
        return answer;
      const list = await answer.json();
      return new Response(JSON.stringify({ ...list, hindrance: null }));
    };
  }` });

const enabled = () =>
  page.value(`!document.querySelector('#send').disabled`);

const tests = [
  ['nobody_has_to_be_corrected', async () => {
    await page.open(new URL('corrections', address).href);
    await page.sees('#open', 'Không có ai cần sửa');
    await page.sees('#done', 'Chưa có trường hợp nào xong');
  }],

  ['who_failed_stands_in_the_list_with_what_differs', async () => {
    await page.open(address);
    await idle();
    people = await page.value(
      `fetch('/v1/practice/people').then((answer) => answer.json())`);
    await scan('code-050', 'Không');
    await page.open(new URL('corrections', address).href);
    await page.sees('#open', person('code-050').number.match(/.{3}/g)
      .join(' '));
    await page.sees('#open', 'Số căn cước chưa gắn với thẻ');
    await page.sees('#open', 'Mã QR in trên thẻ');
    await page.sees('#open', 'chưa có hồ sơ');
    assert.equal(await page.text('#count'), '1');
  }],

  ['practice_sends_no_case_and_says_so', async () => {
    await page.sees('#hindrance', 'Chế độ thực hành');
    assert.equal(await page.value(
      `document.querySelectorAll('#open button').length`), 0);
    await keepPicture('practice');
  }],

  ['english_too', async () => {
    await page.press('English');
    await page.sees('#open', 'Citizen number not linked');
    await page.press('Tiếng Việt');
    await page.sees('#open', 'Số căn cước chưa gắn');
  }],

  ['a_case_wants_consent_and_a_clerk', async () => {
    await pretend(409);
    await page.open(new URL('corrections', address).href);
    await page.sees('#open', 'chưa có hồ sơ');
    await page.press('Lập hồ sơ');
    await page.sees('.consent', 'đồng ý cho gửi');
    await page.sees('.consent', 'Hồ sơ được mã hóa');
    await page.value(`(() => {
      const clerk = document.querySelector('#clerk');
      clerk.value = '';
      clerk.dispatchEvent(new Event('change'));
    })()`);
    await page.value(`document.querySelector('#consent').click()`);
    assert.equal(await enabled(), false);
    await page.value(`(() => {
      const clerk = document.querySelector('#clerk');
      clerk.value = [...clerk.options].at(-1).value;
      clerk.dispatchEvent(new Event('change'));
    })()`);
    assert.equal(await enabled(), true);
    await page.value(`document.querySelector('#consent').click()`);
    assert.equal(await enabled(), false);
    await page.value(`document.querySelector('#consent').click()`);
    await keepPicture('consent');
  }],

  ['what_is_sent_is_the_word_of_the_clerk_and_a_refusal_is_told', async () => {
    await page.value(`document.querySelector('#send').click()`);
    await page.sees('.consent', 'Đã có hồ sơ');
    const [[path, body]] = await page.value('window.sent');
    assert.match(path, /^\/v1\/corrections\/\d+\/case$/);
    assert.equal(body.consent, true);
    assert.ok(body.operator.length > 0);
    assert.deepEqual(Object.keys(body).sort(), ['consent', 'operator']);
    await page.press('Không gửi');
    await page.until(`document.querySelector('.consent') === null`);
  }],

  // The list that was asked for before the case was made comes after the one
  // that was asked for since.
  ['a_late_list_is_not_shown_over_a_newer_one', async () => {
    await page.press('Lập hồ sơ');
    await page.value(`document.querySelector('#consent').click()`);
    await page.value(`(() => {
      const whole = window.fetch;
      const late = async (answer) => {
        const list = await answer.json();
        await new Promise((resume) => { window.release = resume; });
        const read = async () => {
          window.read = true;
          return { ...list, open: 77 };
        };
        return { ok: true, json: read };
      };
      window.fetch = async (path, options) => {
        const answer = await whole(path, options);
        return String(path).endsWith('state=open') && !window.release
          ? late(answer) : answer;
      };
    })()`);
    await page.until('window.release !== undefined');
    await page.value(`(() => {
      window.sent = [];
      document.querySelector('#send').click();
    })()`);
    await page.until('window.sent.length === 1');
    await page.sees('.consent', 'Đã có hồ sơ');
    await page.value('window.release()');
    await page.until('window.read === true');
    await page.value(`new Promise((resume) => {
      requestAnimationFrame(() => requestAnimationFrame(resume));
    })`);
    assert.equal(await page.text('#count'), '1');
    await page.press('Không gửi');
    await page.until(`document.querySelector('.consent') === null`);
  }],

  ['a_narrow_screen_scrolls_only_downwards', async () => {
    await page.size(390, 800);
    await page.open(new URL('corrections', address).href);
    await page.sees('#open', 'chưa có hồ sơ');
    assert.ok(await page.value('document.documentElement.scrollWidth') <= 390);
    await keepPicture('narrow');
  }],

  ['no_script_complains', () => {
    assert.deepEqual(page.errors.filter((one) => !one.includes('409')), []);
  }],
];

await runTests(tests);
await browser.close();
