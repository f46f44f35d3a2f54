import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { AppError, type Problem } from '../../src/kernel/errors.js';
import { refusedInput } from '../../src/platform/http/validation.js';
import { inKorean, koreanOf, koreanOfError } from '../../src/platform/korean/korean-of.js';
import { missingThings, sentencesIn } from '../support/english-sentences.js';

const FOLDERS = ['access', 'analytics', 'campaigns', 'contract', 'delivery', 'files', 'operations/retention', 'people', 'platform', 'sample', 'segments', 'visitors'];
const SKIPPED = [
  // Said in the terminal of who starts or keeps the server, or to programs: SDKs, ingestion, providers that report.
  /^platform\/(?:database|config|korean|jobs)/, /^platform\/secrets\/(?:key-ring|rotate-keys)/, /^platform\/http\/(?:port|raw-body|presented-keys|browser-rates|health)/,
  /^visitors\/(?:caller|display|stream|sdk|inbox|boot)/, /^people\/(?:domain\/(?:segment-message|envelope|identity)|http\/ingest|ingest)/, /^campaigns\/auto\//,
  /^delivery\/returns\/(?!http|returns\.service|providers\/http)/, /^delivery\/inbox\//, /^analytics\/domain\//,
  // Their words stand beside them by code; test/unit/findings-korean.test.ts keeps those.
  /^campaigns\/(?:domain|publishing\/(?:check\.service|past-events)|experiments\/test-plans\.service)/, /^visitors\/identity\/domain\/remarks/,
];
/** What only puts a sentence of ours together with its place, or with others. */
const COMPOSED = /^(?:The (?:campaign|message|snippet) can not be (?:published|used)[.:] )?[x\s:.,]*(?:\(and x more\))?(?: Nothing was changed)?\.?$/;
/** No sentences at all: words for the log, for OpenAPI, or of a page that has both languages. */
const OTHERWISE = new Set(['A test from x', 'Looking at the fields', 'Listing members', 'Counting the growth', 'Listing segments', 'can not become a part of bodies', 'can not be deleted', 'cancelled before it was ever built', 'nobody has this password',
  'The environment is not right: WEBHOOK_ALLOWED_NETWORKS must be networks such as 10.1.0.0/16,fd00::/8.']);

describe('what the server says in English has its Korean', () => {
  test('every sentence that somebody at the dashboard can meet', () => {
    const all = sentencesIn(FOLDERS, SKIPPED).filter(({ texts }) => !texts.every((text) => COMPOSED.test(text) || OTHERWISE.has(text)));
    expect(all.length).toBeGreaterThan(400);
    expect(all.filter(({ texts }) => !texts.some((text) => koreanOf(text) !== null)).map(({ file, texts }) => `${file}: ${texts[0]}`)).toEqual([]);
    expect(missingThings(FOLDERS).filter((noun) => koreanOf(noun) === null)).toEqual([]);
  });

  test.each<[string, z.ZodType, unknown, string]>([
    ['what is missing', z.object({ a: z.string() }), {}, '값이 필요해요.'],
    ['what is empty', z.object({ a: z.string().min(1) }), { a: '' }, '비워 둘 수 없어요.'],
    ['what is too short', z.object({ a: z.string().min(8) }), { a: 'x' }, '8자 이상이어야 해요.'],
    ['what is too long', z.object({ a: z.string().max(3) }), { a: 'abcd' }, '3자까지 쓸 수 있어요.'],
    ['too many', z.object({ a: z.array(z.string()).max(1) }), { a: ['b', 'c'] }, '1개까지 쓸 수 있어요.'],
    ['too little', z.object({ a: z.number().min(1) }), { a: 0 }, '1 이상이어야 해요.'],
    ['too much', z.object({ a: z.int().max(720) }), { a: 900 }, '720 이하여야 해요.'],
    ['another type', z.object({ a: z.string() }), { a: 3 }, '여기에는 글자만 쓸 수 있어요.'],
    ['a broken number', z.object({ a: z.int() }), { a: 1.5 }, '여기에는 정수만 쓸 수 있어요.'],
    ['no number', z.object({ a: z.number() }), { a: NaN }, '숫자여야 해요.'],
    ['none of the choices', z.object({ a: z.enum(['tls', 'none']) }), { a: 'x' }, '다음 가운데 하나여야 해요: "tls"|"none"'],
    ['another value', z.object({ a: z.literal('x') }), { a: 'y' }, '"x"만 쓸 수 있어요.'],
    ['no address', z.object({ a: z.email() }), { a: 'x' }, '이메일 주소를 적어 주세요.'],
    ['no pattern', z.object({ a: z.string().regex(/^a/) }), { a: 'x' }, '형식이 맞지 않아요.'],
    ['nobody knows it', z.strictObject({ a: z.string().optional() }), { b: 1 }, '"b"는 쓸 수 없는 항목이에요. 쓸 수 있는 항목: a.'],
    ['none of several', z.object({ a: z.union([z.string(), z.number()]) }), { a: true }, '맞지 않는 값이에요.'],
  ])('zod: %s', (_, schema, input, korean) => {
    const { problems } = refusedInput(schema.safeParse(input).error!.issues);
    expect(inKorean(problems[0]!).messageKo).toBe(korean);
  });

  test('words of people stand in it as they are, with the particle that fits them', () => {
    expect(koreanOf('“초록” is what new people get; undo that first.')).toBe('새로 들어오는 고객이 “초록을” 받고 있어요. 먼저 그 결정을 취소하세요.');
    expect(koreanOf('The segment cannot be archived: “환영, 첫 주”, “b names it” name it. Change those first.')).toBe('이 세그먼트를 쓰는 곳이 있어 보관할 수 없어요: “환영, 첫 주”, “b names it”. 먼저 그것들을 바꾸세요.');
    expect(koreanOf('The campaign is paused, so "drain" is not possible. Duplicate it to send again.')).toBe('캠페인이 일시 정지 상태라 지금은 "신규 진입 중단" 동작을 할 수 없어요. 다시 보내려면 복제하세요.');
    expect(koreanOf('There is no relay with id {name}.')).not.toBeNull();
    expect(koreanOf('Something that nobody says.')).toBeNull();
  });

  test('an error that repeats its first fault says it, and how many more there are', () => {
    const faults: Problem[] = [{ path: 'name', code: 'invalid', message: 'is required' }, { path: 'url', code: 'invalid', message: 'is required' }].map(inKorean);
    const error = new AppError('request.invalid', 'name: is required (and 1 more)', 'invalid', faults);
    expect(koreanOfError(error.message, error.problems)).toBe('비워 둘 수 없어요. (외 1건)');
    expect(koreanOfError('Something else.', faults)).toBeNull();
  });

  test('a long text of somebody takes no long time', () => {
    expect(koreanOf(`${'"a" of <'.repeat(400)}`)).toBeNull();
    expect(koreanOf(`${'x'.repeat(5_000)}: the value is not a list`)).toBeNull();
  });
});
