import Sequencer from '@jest/test-sequencer';

/** Folders whose files take minutes, the longest first. */
const LONG = ['/test/crash/', '/test/http/founding-story', '/test/db/segments-differential', '/test/unit/statistics-simulation', '/test/http/hostile-routes', '/test/browser/', '/test/db/'];
const rankOf = (path) => {
  const rank = LONG.findIndex((part) => path.includes(part));
  return rank < 0 ? LONG.length : rank;
};

/** A fresh clone knows no durations, and one long file begun last would keep the other workers waiting. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rankOf(a.path) - rankOf(b.path));
  }
}
