import { describe, expect, test } from '@jest/globals';
import { labelFault, labelled } from '../../src/delivery/rules/domain/ad-label.js';
import { lintMessage, type LintMessage } from '../../src/delivery/rules/domain/lint.js';

const KOREA = { timeZone: 'Asia/Seoul', language: 'ko', settings: { senderContact: '서울시 중구 1, 02-123-4567, help@shop.example' } };
const BERLIN = { timeZone: 'Europe/Berlin', language: 'de', settings: {} };
const marketing = (subject: string): LintMessage => ({ channel: 'email', transactional: false, noticeInLayout: true, beginnings: [{ path: 'subject', text: subject }], texts: [{ path: 'subject', text: subject }] });
const codes = (message: LintMessage, workspace: Parameters<typeof lintMessage>[1] = KOREA) => lintMessage(message, workspace).map(({ code }) => code);

describe('what authors write about the label', () => {
  test.each<[string, 'variant' | 'misplaced' | 'doubled' | null]>([
    ['봄맞이 소식', null],
    ['(광고) 봄맞이 소식', null],
    ['(광고)봄맞이 소식', null],
    ['  (광고) 봄맞이 소식', null],
    ['광고 효율을 높이는 5가지 방법', null],
    ['How advertising works', null],
    ['Ads that work', null],
    ['(광고주 안내) 새 화면', null],
    ['AD 2026, a year', null],
    ['(광 고) 봄맞이', 'variant'],
    ['[광고] 봄맞이', 'variant'],
    ['【광고】봄맞이', 'variant'],
    ['<광고> 봄맞이', 'variant'],
    ['（광고） 봄맞이', 'variant'],
    ['(광.고) 봄맞이', 'variant'],
    ['(광/고) 봄맞이', 'variant'],
    ['(광·고) 봄맞이', 'variant'],
    ['( 광고 ) 봄맞이', 'variant'],
    ['(광\u200b고) 봄맞이', 'variant'],
    ['(광고)'.normalize('NFD') + ' 봄맞이', 'variant'],
    ['(대출광고) 봄맞이', 'variant'],
    ['(광고성 정보) 봄맞이', 'variant'],
    ['“광고” 봄맞이', 'variant'],
    ['광.고 봄맞이', 'variant'],
    ['광고: 봄맞이', 'variant'],
    ['(廣告) 봄맞이', 'variant'],
    ['(AD) Spring', 'variant'],
    ['[ad] Spring', 'variant'],
    ['（ＡＤ） Spring', 'variant'],
    ['(Advertisement) Spring', 'variant'],
    ['AD: Spring', 'variant'],
    ['봄맞이 [광고]', 'variant'],
    ['봄맞이 (광고)', 'misplaced'],
    ['{{#if event.sale}}(광고){{/if}} 봄맞이', 'misplaced'],
    ['(광고) (광고) 봄맞이', 'doubled'],
    ['(광고) [AD] 봄맞이', 'doubled'],
  ])('%s', (subject, expected) => {
    expect(labelFault(subject)?.kind ?? null).toBe(expected);
    expect(codes(marketing(subject))).toEqual(expected === null ? [] : [`rule.ad_label_${expected}`]);
    expect(codes(marketing(subject), BERLIN)).toEqual([]);
    // Whatever arrives at rendering, a label at its beginning is there once.
    const sent = labelled(subject);
    expect(sent.startsWith('(광고) ') && !/^\(광고\) *(\(광고\)|\[)/.test(sent)).toBe(true);
    expect(labelled(sent)).toBe(sent);
  });
});

test('findings speak English and Korean and name their source and place', () => {
  const [finding] = lintMessage(marketing('[광고] 봄'), KOREA);
  expect(finding).toMatchObject({ severity: 'error', path: 'subject', source: expect.stringContaining('제50조 제4항'), message: expect.stringContaining('“[광고]”'), messageKo: expect.stringContaining('변칙') });
});

test.each([
  ['no contact', { ...KOREA, settings: {} }, marketing('봄'), ['rule.sender_contact_missing']],
  ['blanks for a contact', { ...KOREA, settings: { senderContact: '  ' } }, marketing('봄'), ['rule.sender_contact_missing']],
  ['no telephone', { ...KOREA, settings: { senderContact: '서울시 중구' } }, marketing('봄'), ['rule.sender_contact_incomplete']],
  ['rule off', { ...KOREA, settings: { rules: { sender_identity: { on: false } } } }, marketing('봄'), []],
  ['layout without notice', KOREA, { ...marketing('봄'), noticeInLayout: false }, ['rule.opt_out_notice_missing']],
  ['in-app: label rule', KOREA, { ...marketing('[광고] 봄'), channel: 'in_app' as const, noticeInLayout: null }, ['rule.ad_label_variant']],
  ['in-app not chosen', { ...KOREA, settings: { ...KOREA.settings, rules: { ad_label: { parameters: { channels: ['email'] } } } } }, { ...marketing('[광고] 봄'), channel: 'in_app' as const, noticeInLayout: null }, []],
])('%s', (_name, workspace, message, expected) => {
  expect(codes(message, workspace)).toEqual(expected);
});

test.each([
  ['Your receipt', []], ['주문이 발송되었습니다', []], ['You are on sales team', []], ['Refund of 20%', []],
  ['Get 20% off today', ['rule.promotional_signs']], ['Use coupon SPRING', ['rule.promotional_signs']], ['최대 50% 혜택', ['rule.promotional_signs']], ['여름 특가 안내', ['rule.promotional_signs']], ['1+1 행사', ['rule.promotional_signs']],
  ['<a href="{{message.unsubscribeUrl}}">x</a>', ['rule.transactional_unsubscribe']], ['수신 거부는 여기', ['rule.transactional_unsubscribe']],
])('transactional: %s', (text, expected) => {
  const message: LintMessage = { channel: 'email', transactional: true, noticeInLayout: false, beginnings: [], texts: [{ path: 'body', text }] };
  expect(codes(message)).toEqual(expected);
  expect(lintMessage(message, KOREA).every(({ severity }) => severity === 'warning')).toBe(true);
  expect(codes(message, { ...KOREA, settings: { rules: { promotional_signs: { on: false } } } })).toEqual([]);
});
