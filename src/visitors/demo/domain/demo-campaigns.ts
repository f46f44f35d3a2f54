import { AutoMessageDefinition, SeriesDefinition, type CampaignDefinition } from '../../../contract/campaign.js';

export interface DemoCampaign { name: string; definition: CampaignDefinition }

const THEME = { accent: '#1f7a4d', dark: true };
const page = (...patterns: string[]) => ({ include: patterns.map((pattern) => ({ pattern })) });
const PRICING = page('/demo/pricing');
const signedUp = { event: { name: 'Signed up' } };

/**
 * What the demo site shows: attention, depth, leaving, something done, and a campaign to somebody who has just signed up. The
 * card of the founding story waits for 90 seconds; here it is 20, because people try it.
 *
 * @param siteUrl of the demo site, without a slash at the end
 */
export function demoCampaigns(siteUrl: string): DemoCampaign[] {
  return [pricingHelp(siteUrl), news(), leaving(), satisfaction(), welcome()];
}

function pricingHelp(siteUrl: string): DemoCampaign {
  const english = { title: 'Questions about the plans?', body: 'Tell us how many of you write, and we say which plan fits. A person answers.' };
  const korean = { title: '요금제가 궁금하세요?', body: '쓰는 사람이 몇 명인지 알려 주시면 맞는 요금제를 알려 드립니다. 사람이 직접 답합니다.', buttons: [] };
  const short = { title: 'Grove, thirty days free', body: '<p>Most teams begin with <strong>Grove</strong>. Try it for thirty days; nothing to cancel.</p>', buttons: [{ label: 'Try Grove', url: `${siteUrl}/sign-up?plan=grove` }] };
  const definition = AutoMessageDefinition.parse({
    type: 'auto_message',
    display: { page: PRICING, trigger: { type: 'dwell', seconds: 20 }, frequency: { times: 2, every: { hours: 1 } }, priority: 60 },
    goals: [{ key: 'signed-up', name: 'Signed up', ...signedUp, window: { days: 7 } }],
    message: {
      type: 'message', channel: 'in_app', topic: 'demo', control: { weight: 1 },
      variants: [
        { key: 'chat', name: 'A question', weight: 2, content: { format: 'chat', reply: true, language: 'en', theme: THEME, ...english, translations: { ko: korean } } },
        { key: 'offer', name: 'An offer', weight: 2, content: { format: 'slide_in', markup: 'html', language: 'en', theme: THEME, ...short, translations: { ko: { title: '숲길, 30일 무료', body: '<p>많은 팀이 <strong>숲길</strong>로 시작합니다. 30일 동안 써 보세요. 해지할 것도 없습니다.</p>', buttons: [{ label: '숲길 써 보기', url: short.buttons[0]!.url }] } } } },
      ],
    },
  });
  return { name: 'Demo: help after 20 seconds on the pricing page', definition };
}

function news(): DemoCampaign {
  const definition = AutoMessageDefinition.parse({
    type: 'auto_message',
    display: { page: page('/demo'), trigger: { type: 'scroll', percent: 60 }, frequency: { times: 3 }, slot: 'bottom' },
    message: {
      type: 'message', channel: 'in_app', topic: 'demo',
      variants: [{ key: 'a', content: { format: 'banner', slot: 'bottom', language: 'en', theme: THEME, title: '', body: 'New: boards now fold themselves away after sixty quiet days.', buttons: [], translations: { ko: { body: '새 기능: 예순 날 동안 조용한 보드는 스스로 접힙니다.' } } } }],
    },
  });
  return { name: 'Demo: news, two thirds down the home page', definition };
}

function leaving(): DemoCampaign {
  const definition = AutoMessageDefinition.parse({
    type: 'auto_message',
    display: { page: PRICING, trigger: { type: 'exit_intent' }, frequency: { times: 1 }, priority: 40 },
    goals: [{ key: 'signed-up', name: 'Signed up', ...signedUp, window: { days: 7 } }],
    message: {
      type: 'message', channel: 'in_app', topic: 'demo',
      variants: [{ key: 'a', content: { format: 'modal', language: 'en', theme: THEME, title: 'Before you go', body: 'Seed is free for three writers, for as long as you like.\n\nNo card, no trial that ends.', translations: { ko: { title: '가시기 전에', body: '씨앗은 세 명까지, 기간 없이 무료입니다.\n\n카드도, 끝나는 체험도 없습니다.' } } } }],
    },
  });
  return { name: 'Demo: before they leave the pricing page', definition };
}

function satisfaction(): DemoCampaign {
  const survey = { question: 'How likely are you to recommend Sprout to a friend?', ends: ['Not at all', 'Very likely'], comment: 'What is the reason?', thanks: 'Thank you. We read every answer.' };
  const definition = AutoMessageDefinition.parse({
    type: 'auto_message',
    display: { page: page('/demo/app/**'), trigger: { type: 'event', event: 'Board created' }, frequency: { times: 2, every: { days: 90 } } },
    message: {
      type: 'message', channel: 'in_app', topic: 'demo',
      variants: [{ key: 'a', content: {
        format: 'survey', language: 'en', theme: THEME, title: '', body: '', until: 'engaged',
        survey: { kind: 'nps', ...survey, saveAs: 'nps_score', tags: [{ tag: 'promoter', scores: { from: 9, to: 10 } }, { tag: 'detractor', scores: { from: 0, to: 6 } }] },
        translations: { ko: { survey: { question: 'Sprout을 친구에게 추천하실 마음이 있나요?', ends: ['전혀 없다', '꼭 추천한다'], comment: '그렇게 생각하신 까닭은요?', thanks: '고맙습니다. 답변을 모두 읽습니다.' } } },
      } }],
    },
  });
  return { name: 'Demo: how likely to recommend, after the first board', definition };
}

function welcome(): DemoCampaign {
  const definition = SeriesDefinition.parse({
    type: 'series',
    entry: { type: 'event', event: 'Signed up' },
    start: 'hello',
    steps: [{
      id: 'hello', type: 'message', channel: 'in_app', topic: 'demo',
      variants: [{ key: 'a', content: { format: 'chat', reply: true, language: 'en', theme: THEME, title: 'Welcome, {{default person.name "and hello"}}', body: 'Your first board takes a minute. If anything is in the way, write back: we read this.', translations: { ko: { title: '{{default person.name "새로 오신"}}님, 반갑습니다', body: '첫 보드를 만드는 데 1분이면 됩니다. 막히는 것이 있으면 답장해 주세요. 모두 읽습니다.' } } } }],
    }],
    goals: [{ key: 'board', name: 'Created a board', event: { name: 'Board created' }, window: { days: 3 } }],
  });
  return { name: 'Demo: welcome, as soon as they sign up', definition };
}
