import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MimeTooComplex } from '../../src/delivery/returns/domain/mime.js';
import type { ReportNotice } from '../../src/delivery/returns/domain/notice.js';
import { readReport } from '../../src/delivery/returns/domain/read-report.js';
import { hostileMails } from '../../bench/bounces-hostile.js';
import fc from '../support/fast-check.js';

/** Real mails of the sisimai project (BSD-2), beside the project and never in it. */
const FOLDER = join(process.cwd(), '..', 'shared', 'data', 'bounces');
const isThere = existsSync(join(FOLDER, 'expected.json'));
const NOW = new Date('2026-03-02T09:00:00Z');

interface Mail { file: string; raw: Buffer; expected: string[]; half: 'a' | 'b' }
const mails: Mail[] = !isThere ? [] : (JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as { file: string; expected: { class: string }[] }[]).map(({ file, expected }) => ({
  file, raw: readFileSync(join(FOLDER, file)), expected: expected.map((each) => each.class),
  half: createHash('sha256').update(`danbi-2026:${file}`).digest()[0]! % 2 === 0 ? 'a' : 'b',
}));

interface Score { falseHard: number; notHard: number; missedHard: number; hard: number }

/** False-hard counts mails without a hard recipient that were called hard; missed-hard counts hard recipients. */
function score(chosen: readonly Mail[]): Score {
  const sum = { falseHard: 0, notHard: 0, missedHard: 0, hard: 0 };
  for (const { raw, expected } of chosen) {
    const found = readReport(raw, NOW).filter(({ kind }) => kind === 'hard').length;
    const hard = expected.filter((each) => each === 'hard').length;
    sum.hard += hard;
    sum.missedHard += Math.max(0, hard - found);
    if (hard > 0 || expected.includes('hard-or-soft')) continue;
    sum.notHard += 1;
    if (found > 0) sum.falseHard += 1;
  }
  return sum;
}

const ifThere = isThere ? test : test.skip;

ifThere('295 real mails: at most 2 % false-hard and 10 % missed-hard, in each half', () => {
  expect(mails).toHaveLength(295);
  for (const chosen of [mails, mails.filter(({ half }) => half === 'a'), mails.filter(({ half }) => half === 'b')]) {
    const { falseHard, notHard, missedHard, hard } = score(chosen);
    expect({ falseHard: falseHard / notHard <= 0.02, missedHard: missedHard / hard <= 0.1 }).toEqual({ falseHard: true, missedHard: true });
  }
});

/** The kind each class must come out as, where the class leaves no doubt. */
const KINDS: Record<string, ReportNotice['kind']> = { complaint: 'complaint', unsubscribe: 'unsubscribe', autoreply: 'auto_reply' };

ifThere.each(mails.filter(({ expected }) => expected.some((each) => each in KINDS || each === 'ignore' || each === 'soft:full')))('$file is $expected', ({ raw, expected }) => {
  const found = readReport(raw, NOW);
  if (expected[0] === 'ignore') return expect(found).toEqual([]);
  if (expected.includes('soft:full')) return expect(found).toContainEqual(expect.objectContaining({ kind: expect.stringMatching(/^(?:soft|delayed)$/), category: 'full' }));
  return expect(found.map(({ kind }) => kind)).toEqual(expected.map((each) => KINDS[each]));
});

ifThere('whatever is cut off or changed, reading ends and does not throw', () => {
  const mutated = fc.record({ which: fc.nat(mails.length - 1), cut: fc.double({ min: 0, max: 1, noNaN: true }), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 40 }), drop: fc.nat(300), from: fc.nat() });
  fc.assert(fc.property(mutated, ({ which, cut, at, bytes, drop, from }) => {
    const whole = mails[which]!.raw;
    const raw = whole.subarray(0, Math.ceil(whole.length * cut));
    const place = raw.length === 0 ? 0 : at % raw.length;
    const other = mails[from % mails.length]!.raw;
    for (const each of [raw, Buffer.concat([raw.subarray(0, place), bytes, raw.subarray(place + drop)]), Buffer.concat([raw.subarray(0, place), other.subarray(0, 4_000)])]) {
      for (const notice of readReport(each, NOW)) expect(notice.diagnostic.length).toBeLessThanOrEqual(500);
    }
  }), { numRuns: Number(process.env.RETURNS_FUZZ_RUNS ?? 300), seed: 20261122 });
});

test.each(hostileMails())('hostile input is read or refused in so many words: $name', ({ raw }) => {
  try {
    const found = readReport(raw, NOW);
    expect(found.length).toBeLessThanOrEqual(200);
    for (const { diagnostic } of found) expect(diagnostic.length).toBeLessThanOrEqual(500);
  } catch (error) {
    expect(error).toBeInstanceOf(MimeTooComplex);
  }
});
