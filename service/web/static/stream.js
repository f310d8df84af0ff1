// stream.js - follow one desk: every view it sends, and whether it still does
//
// Read by fetch() rather than EventSource: the comment lines that the daemon
// sends every 15 s are visible here, so a connection that died silently is
// noticed and opened again.

const SILENCE_MS = 40000;
const RETRY_MS = 2000;

// Feed text in any pieces; calls onEvent(name, data) for each whole event.
export function eventParser(onEvent) {
  let rest = '';
  let name = 'message';
  let data = [];
  const line = (text) => {
    if (text === '') {
      if (data.length > 0)
        onEvent(name, data.join('\n'));
      name = 'message';
      data = [];
    } else if (text.startsWith('event:')) {
      name = text.slice(6).trim();
    } else if (text.startsWith('data:')) {
      data.push(text.slice(5).replace(/^ /, ''));
    }
  };
  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

async function readAll(answer, onPiece) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done)
      return;
    onPiece(value);
  }
}

// Calls onView(view) for each view and onLink(state) when the daemon is there
// ('up'), cannot be heard ('lost') or knows no such desk ('gone'). Returns a
// function that ends it.
export function followDesk(desk, onView, onLink) {
  let ended = false;
  let abort = null;

  async function once() {
    let watchdog = 0;
    abort = new AbortController();
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    try {
      alive();
      const answer = await fetch(
        `/v1/desks/${encodeURIComponent(desk)}/events`,
        { cache: 'no-store', signal: abort.signal });
      if (!answer.ok)
        return answer.status === 404 ? 'gone' : 'lost';
      onLink('up');
      const parse = eventParser((name, data) => {
        if (name === 'desk')
          onView(JSON.parse(data));
      });
      await readAll(answer, (piece) => {
        alive();
        parse(piece);
      });
    } catch {
      // Lost, timed out or refused: all three end in a new try.
    } finally {
      clearTimeout(watchdog);
    }
    return 'lost';
  }

  (async () => {
    while (!ended) {
      const state = await once();
      if (ended)
        return;
      onLink(state);
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  })();

  return () => {
    ended = true;
    abort?.abort();
  };
}
