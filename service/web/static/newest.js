// newest.js - of two questions the newer one counts, however late the answers

// A function that begins a question: it ends the one before, and gives the
// signal by which this one will be ended. What is drawn of an answer is drawn
// only while its signal has not been aborted.
export function newest() {
  let asking = new AbortController();
  return () => {
    asking.abort();
    asking = new AbortController();
    return asking.signal;
  };
}
