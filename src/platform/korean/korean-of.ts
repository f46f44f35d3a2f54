import type { Problem } from '../../kernel/errors.js';
import { withParticle, type ParticlePair } from '../../kernel/korean.js';
import { ACCESS } from './access.js';
import { CAMPAIGNS } from './campaigns.js';
import { CONTENT } from './content.js';
import { DELIVERY } from './delivery.js';
import { FILES } from './files.js';
import { GENERAL } from './general.js';
import { PEOPLE } from './people.js';
import { SOURCES } from './sources.js';
import { SEGMENTS } from './segments.js';
import type { Sentences } from './sentences.js';

const ALL: readonly Sentences[] = [GENERAL, ACCESS, PEOPLE, SEGMENTS, CAMPAIGNS, DELIVERY, CONTENT, FILES, SOURCES];
const SLOT = /\{([a-z][A-Za-z0-9]*)\}/;
const FILLED = /\{([a-z][A-Za-z0-9]*)(?::([^{}/]+\/[^{}/]+)|(~))?\}/g;
/** Nothing that we say is longer; what is, is not ours. */
const LONGEST = 4_000;

interface Pattern { parts: readonly string[]; names: readonly string[]; korean: string }

const fixed = new Map<string, string>();
const patterns: Pattern[] = [];
for (const [english, korean] of ALL.flatMap((sentences) => Object.entries(sentences))) {
  const pieces = english.split(SLOT);
  if (pieces.length === 1) fixed.set(english, korean);
  else patterns.push({ parts: pieces.filter((_, at) => at % 2 === 0), names: pieces.filter((_, at) => at % 2 === 1), korean });
}
const weight = ({ parts }: Pattern) => parts.join('').length;
// What says more of itself goes before what fits nearly everything.
patterns.sort((a, b) => weight(b) - weight(a));

/** What stands in the slots; null: it is another sentence. Each part is looked for once, so time grows with the length of the text alone. */
function slotsOf(text: string, { parts, names }: Pattern): Map<string, string> | null {
  const [first, ...rest] = parts as [string, ...string[]];
  const last = rest.pop()!;
  if (!text.startsWith(first) || !text.endsWith(last)) return null;
  const end = text.length - last.length;
  const slots = new Map<string, string>();
  let from = first.length;
  for (const [index, part] of [...rest, null].entries()) {
    const at = part === null ? end : text.indexOf(part, from + 1);
    if (at < from + 1 || at > end) return null;
    slots.set(names[index]!, text.slice(from, at));
    from = at + (part?.length ?? 0);
  }
  return slots;
}

const filled = (korean: string, slots: Map<string, string>): string => korean.replace(FILLED, (_, name: string, pair: string | undefined, nested: string | undefined) => {
  const value = slots.get(name) ?? '';
  if (pair !== undefined) return withParticle(value, pair as ParticlePair);
  return nested === undefined ? value : koreanOf(value) ?? value;
});

/** The Korean of a sentence that this server says in English; null where there is none. Pure. */
export function koreanOf(english: string): string | null {
  const same = fixed.get(english);
  if (same !== undefined) return same;
  if (english.length > LONGEST) return null;
  for (const pattern of patterns) {
    const slots = slotsOf(english, pattern);
    if (slots) return filled(pattern.korean, slots);
  }
  return null;
}

/** The same fault with its Korean beside, where there is one and nobody gave it before. */
export function inKorean<P extends Problem>(problem: P): P {
  const messageKo = problem.messageKo ?? koreanOf(problem.message);
  return messageKo === null ? problem : { ...problem, messageKo };
}

/** What an error says in Korean: its own sentence, else that of the first fault that it repeats. @param problems with their Korean */
export function koreanOfError(message: string, problems: readonly Problem[]): string | null {
  const own = koreanOf(message);
  const [first] = problems;
  if (own !== null || !first?.messageKo || !message.includes(first.message)) return own;
  return problems.length > 1 ? `${first.messageKo} (외 ${problems.length - 1}건)` : first.messageKo;
}
