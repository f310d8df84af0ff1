// api.js - requests to the daemon; a refusal is thrown as a Problem

// An RFC 9457 problem document, or a line that is down (status 0).
export class Problem extends Error {
  constructor(status, document) {
    super(document?.title ?? `HTTP ${status}`);
    this.status = status;
    // "about:…/unknown-desk" and "unknown-desk" name the same problem.
    this.errors = document?.errors ?? [];
    this.type = String(document?.type ?? '').split(/[/:#]/).pop();
  }
}

// A request that signal ends is thrown as its AbortError, whenever that is.
async function request(method, path, body, signal) {
  const options = { method, cache: 'no-store', credentials: 'same-origin',
    signal };
  if (body !== undefined) {
    options.headers = { 'Content-Type': 'application/json' };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options)
    .catch(() => { signal?.throwIfAborted(); throw new Problem(0); });
  const json = await answer.json().catch(() => null);
  signal?.throwIfAborted();
  if (!answer.ok)
    throw new Problem(answer.status, json);
  return json;
}

export const get = (path, signal) =>
  request('GET', path, undefined, signal);
export const post = (path, body = {}) => request('POST', path, body);
export const put = (path, body) => request('PUT', path, body);
export const remove = (path) => request('DELETE', path);
