// chromium.mjs - drive a headless Chromium over its own pipe
//
// The DevTools protocol on file descriptors 3 and 4, one JSON message between
// NUL bytes: no driver, no package, no port.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ANSWER_MS = 30000;
const LOOK_MS = 50;

const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));

// The calls that wait for their answers, and who hears of events.
class Pipe {
  constructor(child) {
    this.out = child.stdio[3];
    this.waiting = new Map();
    this.listeners = [];
    this.number = 0;
    this.rest = '';
    child.stdio[4].setEncoding('utf8');
    child.stdio[4].on('data', (piece) => this.take(piece));
  }

  take(piece) {
    const messages = (this.rest + piece).split('\0');
    this.rest = messages.pop();
    for (const text of messages)
      this.hear(JSON.parse(text));
  }

  hear(message) {
    const call = this.waiting.get(message.id);
    if (call === undefined) {
      this.listeners.forEach((listener) => listener(message));
      return;
    }
    this.waiting.delete(message.id);
    clearTimeout(call.timer);
    if (message.error)
      call.reject(new Error(`${call.method}: ${message.error.message}`));
    else
      call.resolve(message.result);
  }

  call(method, params = {}, sessionId = undefined) {
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${method}: no answer`)), ANSWER_MS);
      this.waiting.set(id, { method, resolve, reject, timer });
      this.out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }
}

// A photo that is on its way when the next patient comes is there no more.
const isGonePhoto = ({ text, url }) =>
  text.includes('404') && /\/photo\?n=\d+$/.test(url ?? '');

// One page. Complaints of the page's own script are kept in errors.
class Page {
  constructor(pipe, session) {
    this.pipe = pipe;
    this.session = session;
    this.errors = [];
    pipe.listeners.push((message) => this.watch(message));
  }

  watch({ sessionId, method, params }) {
    if (sessionId !== this.session)
      return;
    if (method === 'Runtime.exceptionThrown')
      this.errors.push(params.exceptionDetails.exception?.description ??
        params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && params.entry.level === 'error' &&
        !isGonePhoto(params.entry))
      this.errors.push(params.entry.text);
  }

  call(method, params) {
    return this.pipe.call(method, params, this.session);
  }

  // Answer what the browser asks for user and password: with each of these in
  // turn, then it is cancelled. The count of questions is in asked.
  async signIn(...passwords) {
    this.asked = 0;
    this.passwords = passwords;
    if (this.signing)
      return;
    this.signing = true;
    this.pipe.listeners.push(({ sessionId, method, params }) => {
      if (sessionId === this.session && method === 'Fetch.requestPaused')
        this.call('Fetch.continueRequest', { requestId: params.requestId })
          .catch(() => {});
      if (sessionId === this.session && method === 'Fetch.authRequired')
        this.giveAuth(params.requestId);
    });
    await this.call('Fetch.enable', { handleAuthRequests: true });
  }

  giveAuth(requestId) {
    const password = this.passwords[this.asked++];
    this.call('Fetch.continueWithAuth', { requestId, authChallengeResponse:
      password === undefined ? { response: 'CancelAuth' }
        : { response: 'ProvideCredentials', username: 'office', password } })
      .catch(() => {});
  }

  async size(width, height) {
    await this.call('Emulation.setDeviceMetricsOverride',
      { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async open(address) {
    await this.call('Page.navigate', { url: address });
  }

  // The value of an expression in the page.
  async value(expression) {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate',
      { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails)
      throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.value;
  }

  // Wait until an expression is true.
  async until(expression, limitMs = 20000) {
    const end = Date.now() + limitMs;
    while (!await this.value(`Boolean(${expression})`).catch(() => false)) {
      if (Date.now() > end)
        throw new Error(`never true: ${expression}`);
      await sleep(LOOK_MS);
    }
  }

  // The visible text of the first element that fits.
  text(selector) {
    return this.value(
      `document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  }

  // Wait for a text to stand in an element.
  async sees(selector, text, limitMs) {
    const found = `document.querySelector(${JSON.stringify(selector)})` +
      `?.innerText.includes(${JSON.stringify(text)})`;
    await this.until(found, limitMs).catch(async () => {
      throw new Error(`"${text}" not in ${selector}: ` +
        `"${await this.text(selector)}"`);
    });
  }

  // Press the button with this text, with the mouse. A page that draws itself
  // anew between the two halves of a click has a new button under the mouse,
  // and no click: then, as a clerk would, once more.
  async press(text, limitMs = 20000) {
    const end = Date.now() + limitMs;
    do {
      if (Date.now() > end)
        throw new Error(`"${text}" takes no click`);
      const place = await this.value(`(() => {
        const named = (one) => one?.innerText.includes(
          ${JSON.stringify(text)});
        const button = [...document.querySelectorAll('button')].find((one) =>
          named(one) && !one.disabled);
        button?.scrollIntoView({ block: 'nearest' });
        const box = button?.getBoundingClientRect();
        window.pressed = false;
        document.addEventListener('click', (event) => {
          window.pressed ||= named(event.target.closest?.('button'));
        }, { capture: true, once: true });
        return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      })()`);
      if (!place)
        throw new Error(`no button "${text}"`);
      for (const type of ['mousePressed', 'mouseReleased'])
        await this.call('Input.dispatchMouseEvent',
          { type, ...place, button: 'left', clickCount: 1 });
      // undefined: the click has led to another page
    } while (await this.value('window.pressed') === false);
  }

  // What a keyboard or a scanner sends to whatever has the focus.
  async type(text) {
    await this.call('Input.insertText', { text });
  }

  async key(key, code) {
    const event = { key, code: key, windowsVirtualKeyCode: code,
      text: key === 'Enter' ? '\r' : undefined };
    await this.call('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  enter() {
    return this.key('Enter', 13);
  }

  tab() {
    return this.key('Tab', 9);
  }

  escape() {
    return this.key('Escape', 27);
  }

  // As it would come out of the printer, PDF.
  async printed() {
    const { data } = await this.call('Page.printToPDF',
      { preferCSSPageSize: true, printBackground: true });
    return Buffer.from(data, 'base64');
  }

  async picture(file) {
    const { data } = await this.call('Page.captureScreenshot',
      { format: 'png' });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }
}

// Start Chromium; close() ends it and leaves nothing behind.
export async function startChromium(command = 'chromium') {
  const profile = mkdtempSync(join(tmpdir(), 'checkin-browser-'));
  const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(command, ['--headless=new', '--remote-debugging-pipe',
    '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage',
    '--force-prefers-reduced-motion', `--user-data-dir=${profile}`,
    ...asRoot, 'about:blank'],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resume) => child.once('close', resume));
  const pipe = new Pipe(child);

  return {
    // apart: with cookies and passwords of its own
    async page(width, height, apart = false) {
      const { browserContextId } = apart
        ? await pipe.call('Target.createBrowserContext') : {};
      const { targetId } = await pipe.call('Target.createTarget',
        { url: 'about:blank', browserContextId });
      const { sessionId } = await pipe.call('Target.attachToTarget',
        { targetId, flatten: true });
      const page = new Page(pipe, sessionId);
      for (const domain of ['Page', 'Runtime', 'Log'])
        await page.call(`${domain}.enable`);
      await page.size(width, height);
      return page;
    },
    async close() {
      await pipe.call('Browser.close').catch(() => child.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
