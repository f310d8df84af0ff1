// metrics.js - read what /metrics says, as a list of samples

const SAMPLE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)/i;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\.)*)"/gi;

const unescaped = (text) => text.replace(/\\(.)/g,
  (all, letter) => letter === 'n' ? '\n' : letter);

// [{name, labels, value}] of an OpenMetrics or Prometheus text.
export function parseMetrics(text) {
  return text.split('\n').filter((line) => !line.startsWith('#'))
    .map((line) => SAMPLE.exec(line)).filter(Boolean)
    .map(([, name, labels, value]) => ({ name, value: Number(value),
      labels: Object.fromEntries([...(labels ?? '').matchAll(LABEL)].map(
        ([, label, of]) => [label, unescaped(of)])) }));
}

// The value of the only sample of that name; undefined when there is none.
export const single = (samples, name) =>
  samples.find((sample) => sample.name === name)?.value;
