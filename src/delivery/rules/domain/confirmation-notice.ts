import { EmailContent } from '../../../contract/message.js';

const body = (greeting: string, line: string, keep: string, withdraw: string) =>
  `<mj-section><mj-column><mj-text><p>${greeting}</p><ul>{{#each event.consents}}<li>${line}</li>{{/each}}</ul><p>${keep}</p><p>${withdraw}</p></mj-text></mj-column></mj-section>`;

/** What the law asks the notice to say: who sends, the fact and date of consent, how to keep or withdraw it (시행령 제62조의3). */
export const CONFIRMATION_NOTICE = EmailContent.parse({
  language: 'en',
  subject: '{{workspace.name}}: you agreed to receive our news',
  body: body('{{workspace.name}} tells you, as Korean law asks every two years, what you agreed to receive:', '{{this.en}} ({{this.channel}}), on {{this.on}}',
    'If you want to keep receiving it, there is nothing to do.', 'If not, you can withdraw at any time, free of charge: <a href="{{message.preferencesUrl}}">change what you receive</a>.'),
  translations: {
    ko: {
      subject: '{{workspace.name}} 광고성 정보 수신동의 확인 안내',
      body: body('{{workspace.name}}에서 정보통신망법 제50조 제8항에 따라 고객님의 수신동의 사실을 안내해 드립니다.', '{{this.ko}}({{this.channel}}): {{this.on}} 동의',
        '계속 받으시려면 아무것도 하지 않으셔도 됩니다.', '원하지 않으시면 언제든지 무료로 철회하실 수 있습니다: <a href="{{message.preferencesUrl}}">수신동의 철회</a>'),
    },
  },
});
