// What stands in the bars of the site, in both languages. A page that is in no bar is found by search and by links.
import { places } from '../places.mjs';

const there = new Set(places().map(([, address]) => `/${address}`));
/** Entries whose page is there; what somebody renamed is missed by the test, not by a reader. */
const only = (items) => items.filter(({ link }) => link.startsWith('/api/') || there.has(link) || there.has(`${link}index`));

export const navigation = (language) => only(language === 'ko' ? [
  { text: '빠른 시작', link: '/ko/guide/quick-start' },
  { text: '마케터 안내서', link: '/ko/guide/marketer' },
  { text: '둘러보기', link: '/ko/guide/tour' },
  { text: '레퍼런스(영어)', link: '/api/' },
] : [
  { text: 'Quick start', link: '/guide/quick-start' },
  { text: 'Marketers', link: '/guide/marketer' },
  { text: 'Reference', link: '/api/' },
  { text: 'Operations', link: '/operations/' },
]);

/** @returns side bars by language. @param lists entries made of what is in the repository */
export function sidebars({ api, decisions, inside, operations }) {
  const reference = { text: 'Reference', items: only([{ text: 'API', link: '/api/' }, { text: 'Definitions', link: '/api/definitions' }, { text: 'Who may call what', link: '/routes' }, { text: 'Browser SDK', link: '/reference/sdk' }, { text: 'Command line', link: '/reference/cli' }, { text: 'Campaigns as files', link: '/campaigns-as-files' }, { text: 'Conditions of segments', link: '/segments' }, { text: 'Views for analysts', link: '/analyst-views' }]) };
  const en = [
    { text: 'Begin', items: only([{ text: 'Quick start', link: '/guide/quick-start' }, { text: 'For marketers', link: '/guide/marketer' }, { text: 'Tour in pictures', link: '/guide/tour' }]) },
    { text: 'Understand', items: only([{ text: 'Concepts', link: '/guide/concepts' }, { text: 'Glossary', link: '/guide/glossary' }, { text: 'How a verdict is reached', link: '/statistics' }, { text: 'A real test, replayed', link: '/hillstrom' }, { text: 'Beside other systems', link: '/guide/comparison' }]) },
    { text: 'Connect', items: only([{ text: 'Recipes', link: '/recipes' }, { text: 'Sources: other systems', link: '/sources' }, { text: 'Events out', link: '/events-out' }, { text: 'Reports of mail providers', link: '/provider-webhooks' }, { text: 'Going live with e-mail', link: '/going-live' }]) },
    reference,
    { text: 'Operations', items: [{ text: 'Overview', link: '/operations/' }, ...operations, ...only([{ text: 'Secrets', link: '/secrets' }, { text: 'Security', link: '/security' }, { text: 'Measurements', link: '/measurements' }])] },
    { text: 'The project', items: only([{ text: 'Changelog', link: '/changelog' }, { text: 'README', link: '/readme' }]) },
    { text: 'Decisions', collapsed: true, items: decisions },
    { text: 'Inside', collapsed: true, items: inside },
  ];
  const ko = [
    { text: '시작하기', items: only([{ text: '빠른 시작', link: '/ko/guide/quick-start' }, { text: '마케터 안내서', link: '/ko/guide/marketer' }, { text: '화면 둘러보기', link: '/ko/guide/tour' }]) },
    { text: '이해하기', items: only([{ text: '개념', link: '/ko/guide/concepts' }, { text: '용어집', link: '/ko/guide/glossary' }]) },
    { text: '더 보기(영어)', items: only([{ text: 'API 레퍼런스', link: '/api/' }, { text: '브라우저 SDK', link: '/reference/sdk' }, { text: '파일로 관리하는 캠페인', link: '/campaigns-as-files' }, { text: '통계 판정 방법', link: '/statistics' }, { text: '이메일 실제 발송 준비', link: '/going-live' }, { text: '운영', link: '/operations/' }]) },
  ];
  return { en: { '/': en, '/api/': [{ text: 'API', items: [{ text: 'Overview', link: '/api/' }, { text: 'Definitions', link: '/api/definitions' }, ...api] }, ...en] }, ko: { '/ko/': ko } };
}
