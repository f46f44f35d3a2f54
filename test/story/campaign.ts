/** The smart campaign of the founding story, as a marketer sends it to the API. */
export const storyCampaign = (segmentId: string) => ({
  type: 'series',
  entry: { type: 'segment', segmentId, take: 'current_and_future' },
  goals: [{ key: 'active-user', name: '활성 사용자', primary: true, exits: true, window: { days: 30 }, event: { name: 'Teammate Invited' } }],
  start: 'welcome',
  steps: [
    {
      id: 'welcome', type: 'message', channel: 'email', name: 'Welcome', next: 'three-days',
      variants: [
        { key: 'A', content: email('환영합니다, {{person.firstName}}님', 'Create your first project') },
        { key: 'B', content: email('{{person.firstName}}, your team is waiting', 'Invite your team') },
      ],
    },
    { id: 'three-days', type: 'wait', for: { days: 3 }, next: 'active' },
    {
      id: 'active', type: 'branch', otherwise: 'nudge',
      branches: [{ name: 'opened the app twice', condition: { type: 'event', event: 'App Opened', count: { op: 'at_least', value: 2 }, within: { days: 3 } }, next: 'first-project' }],
    },
    { id: 'nudge', type: 'message', channel: 'in_app', next: 'first-project', variants: [{ key: 'only', content: { title: 'A first project', body: 'It takes two minutes.', buttons: [{ label: 'Start', url: 'https://app.example.com/new' }] } }] },
    { id: 'first-project', type: 'wait_until', condition: { type: 'event', event: 'Project Created', count: { op: 'at_least', value: 1 } }, timeout: { days: 7 }, next: null, onTimeout: 'last' },
    { id: 'last', type: 'message', channel: 'email', next: null, control: { weight: 1 }, variants: [{ key: 'only', weight: 9, content: email('Shall we help, {{default person.firstName "there"}}?', 'Talk to us') }] },
  ],
});

const email = (subject: string, action: string) => ({
  subject,
  preheader: 'Two minutes to a first project',
  body: `<mj-section><mj-column><mj-text>{{default person.firstName "Hello"}}, ${action}.</mj-text><mj-button href="https://app.example.com/start?who={{person.externalId}}">${action}</mj-button></mj-column></mj-section>`,
});
