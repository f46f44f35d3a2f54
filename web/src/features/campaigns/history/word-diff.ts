export interface Piece { kind: 'same' | 'removed' | 'added'; text: string }

/** Beyond so many pairs of words the texts are only set against each other as wholes. */
const MOST_PAIRS = 1_000_000;

/** What became of a text, word by word: the longest common row of words stays. */
export function diffWords(from: string, to: string): Piece[] {
  const a = wordsOf(from);
  const b = wordsOf(to);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const middle = changed(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return joined([{ kind: 'same', text: a.slice(0, head).join('') }, ...middle, { kind: 'same', text: a.slice(a.length - tail).join('') }]);
}

/** Words, and what stands between them. */
const wordsOf = (text: string): string[] => text.split(/(\s+)/).filter((word) => word !== '');

function changed(a: string[], b: string[]): Piece[] {
  if (a.length * b.length > MOST_PAIRS) return [{ kind: 'removed', text: a.join('') }, { kind: 'added', text: b.join('') }];
  const common = commonLengths(a, b);
  const pieces: Piece[] = [];
  let x = 0;
  let y = 0;
  while (x < a.length || y < b.length) {
    if (x < a.length && y < b.length && a[x] === b[y]) pieces.push({ kind: 'same', text: a[x]! });
    else if (y >= b.length || (x < a.length && common[x + 1]![y]! >= common[x]![y + 1]!)) {
      pieces.push({ kind: 'removed', text: a[x]! });
      x += 1;
      continue;
    } else {
      pieces.push({ kind: 'added', text: b[y]! });
      y += 1;
      continue;
    }
    x += 1;
    y += 1;
  }
  return pieces;
}

/** `[x][y]`: how many words of `a` from x and `b` from y on are common, in their order. */
function commonLengths(a: string[], b: string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let x = a.length - 1; x >= 0; x -= 1) for (let y = b.length - 1; y >= 0; y -= 1) lengths[x]![y] = a[x] === b[y] ? lengths[x + 1]![y + 1]! + 1 : Math.max(lengths[x + 1]![y]!, lengths[x]![y + 1]!);
  return lengths;
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.text === '') continue;
    if (last?.kind === piece.kind) last.text += piece.text;
    else result.push({ ...piece });
  }
  return result;
}
