// day.mjs ADDRESS [PICTURE] - what a clinic does around its patients, in
// Chromium: tomorrow's list, an outage and its end, who sits at the desk, and
// people without a card
//
// As desk.mjs: all but the insurer and the chips is real; run.sh has started it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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

const sim = (path) => fetch(`${process.env.SIM_GATEWAY}/sim/${path}`,
  { method: 'POST' });

const json = (path, options = {}) => page.value(`fetch(
  ${JSON.stringify(path)}, ${JSON.stringify(options)})
  .then((answer) => answer.json())`);

const day = (days = 0) => new Intl.DateTimeFormat('en-CA',
  { timeZone: 'Asia/Ho_Chi_Minh' }).format(Date.now() + days * 86400000);

const local = (iso) => iso.split('-').reverse().join('/');

// --- Tomorrow's list --------------------------------------------------------

// As somebody does it who picks a file.
async function sendFile(text) {
  await page.value(`(() => {
    const files = new DataTransfer();
    files.items.add(new File([${JSON.stringify(text)}], 'hen.csv'));
    const field = document.querySelector('#file');
    field.files = files.files;
    field.dispatchEvent(new Event('change'));
  })()`);
  await page.value(`document.querySelector('#send-form').requestSubmit()`);
}

const HEAD = 'Họ tên;Số CCCD;Ngày sinh;Ngày hẹn;Điện thoại;Khoa\r\n';

function row(label, date, phone = '') {
  const { name, number, birth } = person(label);
  return `${name};${number};${local(birth)};${local(date)};${phone};Nội\r\n`;
}

const progress = (name) => page.value(
  `document.querySelector('progress').${name}`);

// --- The desk ---------------------------------------------------------------

const idle = () => page.until(
  `document.querySelector('#stage').dataset.phase === 'idle'`);

async function nextPatient() {
  await page.escape();
  await idle();
}

async function scan(label) {
  await nextPatient();
  await page.value(`document.querySelector('#scan').focus()`);
  await page.type(person(label).qr);
  await page.enter();
}

async function fill(id, text) {
  await page.value(`(() => {
    const field = document.querySelector('#${id}');
    field.value = ${JSON.stringify(text)};
  })()`);
}

const submit = (id) => page.value(
  `document.querySelector('#${id}').requestSubmit()`);

// Three presses and a reason lead to an admission, whatever is known.
async function openWithout(reason) {
  await nextPatient();
  await page.press('Không có thẻ');
  await page.press('Tiếp nhận không có thẻ');
  await page.sees('#without', 'không ghi của cha mẹ');
  await page.value(`document.querySelector('[value=${reason}]').click()`);
}

// The page forgets who was admitted; the answers to its requests do not.
const watchAdmissions = () => page.value(`(() => {
  const whole = window.fetch;
  window.admissions = [];
  window.fetch = async (path, options) => {
    const answer = await whole(path, options);
    if (path === '/v1/check-ins' && options?.method === 'POST')
      window.admissions.push(await answer.clone().json());
    return answer;
  };
})()`);

// Send the form; what the daemon keeps of the admission.
async function admitWithout() {
  const before = await page.value('window.admissions.length');
  await submit('without-form');
  await page.until(`window.admissions.length > ${before}`);
  await page.sees('.admission', 'Đã tiếp nhận lúc');
  return page.value('window.admissions.at(-1)');
}

// --- Hospital software beside the desk --------------------------------------

const USER = '84001_BV';

// It takes us for the gateway, and logs in with its own account.
async function logIn() {
  const password = createHash('md5').update('practice-password').digest('hex')
    .toUpperCase();
  const answer = await fetch(`${address}api/token/take`, { method: 'POST',
    body: new URLSearchParams({ username: USER, password }) });
  const { APIKey: key } = await answer.json();
  assert.ok(key?.access_token);
  return { accessToken: key.access_token, tokenId: key.id_token,
    passwordHash: password };
}

// XML0 of the first cost of somebody who was admitted, as its draft has it.
function visitFile(fields, episode) {
  const all = { ...fields, MA_LK: episode, MA_BN: 'PM0001',
    MA_DICH_VU: '02.1896', TEN_DICH_VU: 'Khám nội',
    NGAY_YL: fields.NGAY_VAO };
  const names = ['MA_LK', 'STT', 'MA_BN', 'HO_TEN', 'SO_CCCD', 'NGAY_SINH',
    'GIOI_TINH', 'MA_THE_BHYT', 'MA_DKBD', 'GT_THE_TU', 'GT_THE_DEN',
    'MA_DOITUONG_KCB', 'NGAY_VAO', 'NGAY_VAO_NOI_TRU', 'LY_DO_VNT',
    'MA_LY_DO_VNT', 'MA_LOAI_KCB', 'MA_CSKCB', 'MA_DICH_VU', 'TEN_DICH_VU',
    'MA_THUOC', 'TEN_THUOC', 'MA_VAT_TU', 'TEN_VAT_TU', 'NGAY_YL', 'DU_PHONG'];
  const visit = names.map((name) => `<${name}>${all[name] ?? ''}</${name}>`);
  return '<?xml version="1.0" encoding="utf-8"?><CHI_TIEU_TRANG_THAI_KCB>' +
    `<DSACH_TRANG_THAI_KCB><TRANG_THAI_KCB>${visit.join('')}` +
    '</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB><CHUKYDONVI/>' +
    '</CHI_TIEU_TRANG_THAI_KCB>';
}

async function softwareSends(fields, episode) {
  const answer = await fetch(`${address}api/qd130/checkInKcbQd3176`, {
    method: 'POST', headers: await logIn(),
    body: new URLSearchParams({ username: USER, loaiHoSo: '0', maTinh: '00',
      maCSKCB: fields.MA_CSKCB, fileHSBase64: Buffer.from(visitFile(fields,
        episode)).toString('base64'), chukydonvi: '' }) });
  const { maKetQua: code, maGiaoDich: transaction } = await answer.json();
  assert.equal(code, '200');
  return transaction;
}

const tests = [
  ['a_day_without_a_list_says_what_to_do', async () => {
    await page.open(address);
    await page.until(`document.querySelector('.practice-person')`);
    people = await json('/v1/practice/people');
    await page.press('Lịch hẹn').catch(() => page.value(
      `document.querySelector('[href="/appointments"]').click()`));
    await page.sees('#progress', 'Chưa có danh sách hẹn cho ngày');
    await page.sees('#progress', local(day(1)));
    await page.sees('#problems', 'chưa có danh sách');
    await keepPicture('empty');
  }],
  ['a_file_that_is_no_list_is_said_to_be_none', async () => {
    await sendFile('084094000001;Nguyễn Văn Mẫu\r\n');
    await page.sees('#sent', 'Dòng đầu của tệp không nêu tên cột');
    await sendFile(HEAD);
    await page.sees('#sent', 'không có người nào');
    await sendFile('x'.repeat(1024 * 1024 + 1));
    await page.sees('#sent', 'lớn hơn 1 MB');
    await keepPicture('csv-refused');
  }],
  ['a_day_on_which_all_is_well_needs_no_call', async () => {
    await page.value(`(() => {
      const field = document.querySelector('#day');
      field.value = '${day(0)}';
      field.dispatchEvent(new Event('change'));
    })()`);
    await page.sees('#progress', local(day(0)));
    await sendFile(HEAD + row('code-000', day(0)));
    await page.sees('#sent', 'Đã nhận 1 người');
    await page.sees('#progress', 'Đã hỏi 1 / 1 người');
    await page.sees('#problems', 'Không cần gọi ai');
    assert.equal(await page.value(
      `document.querySelectorAll('.problems').length`), 0);
    await page.value(`window.scrollTo(0, 0)`);
    await keepPicture('all-well');
    await page.value(`(() => {
      const field = document.querySelector('#day');
      field.value = '${day(1)}';
      field.dispatchEvent(new Event('change'));
    })()`);
    await page.sees('#progress', local(day(1)));
  }],
  ['bad_rows_are_named_and_the_good_ones_asked_about', async () => {
    await sim('latency?ms=1500');
    await sendFile(HEAD + row('code-000', day(1)) +
      row('ends-soon', day(0), '0912 345 678') +
      row('code-010', day(1), '02943 855 999') +
      row('code-060', day(1), '0987 111 222') +
      row('code-050', day(1)) + row('khmer-name', day(1)) +
      `Người Quên Số;;1990;${local(day(1))};0911 000 111;Nhi\r\n` +
      `Người Sai Số;84190123456;1990;${local(day(1))};;Nhi\r\n` +
      `Người Sai Ngày;084190123456;1990;31/02/2027;;Nhi\r\n`);
    await page.sees('#sent', 'Đã nhận 7 người');
    await page.sees('#sent', '2 dòng chưa nhận được');
    await page.sees('.refused', 'mất số 0 ở đầu');
    await page.sees('.refused', 'từ hôm nay trở đi');
    await page.sees('#sent', 'Cột không dùng: Khoa');
    await page.sees('#progress', 'Đang hỏi cổng BHXH');
    assert.ok(await progress('value') < await progress('max'));
    await page.value(`window.scrollTo(0, 0)`);
    await keepPicture('running');
    await page.value(`document.querySelector('#sent').scrollIntoView()`);
    await keepPicture('csv-rows');
    await page.value(`window.scrollTo(0, 0)`);
  }],
  ['whom_to_call_why_and_what_to_say', async () => {
    await sim('latency?ms=0');
    await page.sees('#progress', 'Đã hỏi xong');
    await page.sees('#progress', 'Đã hỏi 5 / 5 người');
    assert.equal(await progress('value'), 5);
    await page.sees('.figure.good', '2');
    await page.sees('.figure.bad', '3');
    await page.sees('.problems', person('code-010').name);
    await page.sees('.problems', '02943 855 999');
    await page.sees('.problems', 'gia hạn');
    await page.sees('.problems', 'đọc đúng họ tên');
    await page.sees('.problems', 'Người Quên Số');
    await page.sees('.problems', 'không lấy số của cha mẹ');
    const table = await page.text('.problems');
    assert.ok(!table.includes(person('code-000').name));
    await keepPicture('problems');
    await page.press('English');
    await page.sees('.problems', 'Ask for the 12 digits');
    await keepPicture('problems-en');
    await page.press('Tiếng Việt');
  }],
  ['a_card_near_its_end_is_worth_a_call', async () => {
    await page.sees('#days', 'Hôm nay');
    await page.press('Hôm nay');
    await page.sees('.problems', person('ends-soon').name);
    await page.sees('.problems', 'Hạn thẻ:');
    await page.sees('.problems', '0912 345 678');
  }],
  ['a_day_further_on_waits_for_its_evening', async () => {
    await page.value(`(() => {
      const field = document.querySelector('#day');
      field.value = '${day(2)}';
      field.dispatchEvent(new Event('change'));
    })()`);
    await page.sees('#progress', local(day(2)));
    await sendFile(HEAD + row('code-000', day(2)));
    await page.sees('#progress', 'Đã hỏi 0 / 1 người');
    await page.sees('#problems', 'chưa hỏi xong');
    // "Now" is about today and tomorrow: there it would do nothing.
    assert.ok(!(await page.text('#progress')).includes('Hỏi ngay'));
    await keepPicture('waiting');
  }],
  ['the_desks_stay_within_reach', async () => {
    assert.ok(await page.value(
      `document.querySelector('.bar-link[href="/"]') !== null`));
    const width = await page.value(`document.documentElement.scrollWidth`);
    assert.ok(width <= 1366);
    await page.size(390, 844);
    assert.ok(await page.value(
      `document.documentElement.scrollWidth <= innerWidth`), '390 wide');
    await keepPicture('narrow');
    await page.size(1366, 768);
  }],
  ['a_card_that_ends_soon_is_said_at_the_desk', async () => {
    await page.open(address);
    await idle();
    await scan('ends-soon');
    await page.sees('.headline h1', 'Được hưởng BHYT');
    await page.sees('.insurance .ending', 'còn 5 ngày');
    await keepPicture('ends-soon');
  }],
  ['an_answer_that_changed_comes_back_to_the_desk', async () => {
    const changed = async () => Number((await page.value(
      `fetch('/metrics').then((answer) => answer.text())`))
      .match(/^checkin_recheck_changed_total (\d+)$/m)[1]);
    const before = await changed();
    await sim('fail?mode=down');
    await scan('no-address');
    await page.sees('.headline h1', 'Chưa tra cứu được');
    await page.sees('.headline-next', 'Máy tự hỏi lại');
    await page.press('Tiếp nhận');
    await page.sees('.admission', 'Đã tiếp nhận lúc');
    await nextPatient();
    await page.sees('#rechecks', 'chờ hỏi lại');
    await keepPicture('recheck-waiting');
    await sim('fail?mode=none');
    // The patient is still in the house.
    await page.sees('#rechecks', 'nay cổng BHXH trả lời', 90000);
    assert.ok((await page.text('#rechecks')).toUpperCase()
      .includes(person('no-address').name));
    await keepPicture('recheck-changed');
    assert.equal(await changed(), before + 1);
    await page.press('Đã xử lý');
    await page.until(`!document.querySelector('#rechecks')
      .innerText.includes('nay cổng BHXH trả lời')`);
    assert.equal(await changed(), before + 1);
  }],
  ['what_hospital_software_has_sent_is_not_to_be_sent_here', async () => {
    await watchAdmissions();
    await scan('code-000');
    await page.sees('.headline h1', 'Được hưởng BHYT');
    await page.press('Tiếp nhận');
    await page.sees('.admission', 'Chờ chi phí đầu tiên');
    await page.sees('.admission', 'Gửi thông báo vào viện');
    const { id, fields } = await page.value('window.admissions.at(-1)');
    const transaction = await softwareSends(fields, `PM-${id}`);
    // Nobody touches the page.
    await page.sees('.admission', 'Phần mềm bệnh viện đã gửi thông báo');
    await page.sees('.admission', transaction);
    const words = await page.text('.admission');
    assert.ok(words.includes('Không cần gửi ở đây'));
    assert.ok(!words.includes('Gửi thông báo vào viện'), words);
    await keepPicture('sent-by-software');
    await page.press('English');
    await page.sees('.admission', 'Nothing to send here');
    await page.press('Tiếng Việt');
    await page.sees('.admission', 'Không cần gửi ở đây');
    const { notices } = await json(`/v1/check-ins/${id}`);
    assert.equal(notices.length, 1);
    assert.equal(notices[0].state, 'sent_by_hospital_software');
    await nextPatient();
  }],
  ['who_signed_on_is_the_same_in_every_browser', async () => {
    const second = await browser.page(1366, 768);
    await second.open(address);
    await page.value(`(() => {
      const select = document.querySelector('#clerk');
      select.value = 'THẠCH VĂN TRỰC BAN';
      select.dispatchEvent(new Event('change'));
    })()`);
    const chosen = (one, name) => one.until(
      `document.querySelector('#clerk')?.value === '${name}'`);
    await chosen(page, 'THẠCH VĂN TRỰC BAN');
    await chosen(second, 'THẠCH VĂN TRỰC BAN');
    // A page that has kept nothing at all.
    await second.value(`localStorage.clear()`);
    await second.open(address);
    await chosen(second, 'THẠCH VĂN TRỰC BAN');
    assert.ok(!(await page.value(`JSON.stringify({ ...localStorage })`))
      .includes('TRỰC BAN'));
    await second.value(`(() => {
      const select = document.querySelector('#clerk');
      select.value = '';
      select.dispatchEvent(new Event('change'));
    })()`);
    await chosen(page, '');
    assert.deepEqual(second.errors, []);
  }],
  ['a_child_with_its_own_number', async () => {
    await nextPatient();
    await page.press('Không có thẻ');
    await page.sees('#manual', 'của chính trẻ');
    const { number, name, birth } = person('child');
    await fill('manual-number', number);
    await fill('manual-name', name);
    await fill('manual-birth', local(birth));
    await submit('manual-form');
    await page.sees('.headline h1', 'Được hưởng BHYT');
    await page.press('Tiếp nhận');
    await page.sees('.admission', 'Đã tiếp nhận lúc');
  }],
  ['a_parents_number_beside_a_child_is_noticed', async () => {
    await nextPatient();
    await page.press('Không có thẻ');
    await fill('manual-number', person('code-000').number);
    await fill('manual-name', person('child').name);
    await fill('manual-birth', local(person('child').birth));
    await submit('manual-form');
    await page.sees('#manual-error', 'Số này là của người sinh năm 1994');
    await keepPicture('parent-hint');
    await page.press('Đóng');
    await watchAdmissions();
    await openWithout('child_number');
    await fill('without-number', person('code-000').number);
    await submit('without-form');
    await page.sees('#without-error', 'có thể của cha mẹ');
    await keepPicture('parent-refused');
    // No dead end: without the number the child is admitted.
    await fill('without-number', '');
    await fill('without-name', 'Nguyễn Thị Bé');
    const child = await admitWithout();
    assert.equal(child.without_card, 'child_number');
    assert.equal(child.fields.MA_DKBD, '00000');
  }],
  ['a_newborn_without_anything', async () => {
    await openWithout('newborn');
    const { without_card: reason, fields } = await admitWithout();
    assert.equal(reason, 'newborn');
    assert.match(fields.MA_DKBD, /^\d\d000$/);
    assert.match(fields.GT_THE_TU, /^\d{8}$/);
  }],
  ['an_emergency', async () => {
    await openWithout('emergency');
    await fill('without-name', 'Trần Văn Gấp');
    assert.equal((await admitWithout()).without_card, 'emergency');
  }],
  ['somebody_unconscious_and_unknown', async () => {
    await openWithout('unconscious');
    const { without_card: reason, fields } = await admitWithout();
    assert.equal(reason, 'unconscious');
    assert.ok(!fields.HO_TEN);
    await keepPicture('unconscious');
  }],
  ['a_reason_is_all_that_is_needed', async () => {
    await nextPatient();
    await page.press('Không có thẻ');
    await page.press('Tiếp nhận không có thẻ');
    await submit('without-form');
    await page.sees('#without-error', 'Chọn một lý do');
    await page.press('Đóng');
  }],
  ['the_pages_made_no_complaint', async () => {
    // Lists that are none are refused by design.
    const other = page.errors.filter((text) => !text.includes('422'));
    assert.deepEqual(other, []);
  }],
];

await runTests(tests);
await browser.close();
