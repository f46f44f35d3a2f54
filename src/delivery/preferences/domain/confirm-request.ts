import { EmailContent } from '../../../contract/message.js';

const body = (name: 'en' | 'ko', lead: string, button: string, ignore: string) =>
  `<mj-section><mj-column><mj-text><p>${lead}</p><ul>{{#each event.topics}}<li>{{this.${name}}}</li>{{/each}}</ul><p><a href="{{event.confirmUrl}}">${button}</a></p><p>${ignore}</p></mj-text></mj-column></mj-section>`;

/** Asks the owner of an address whether it was they who subscribed. Says nothing else: it goes to people who have agreed to nothing. */
export const CONFIRM_REQUEST = EmailContent.parse({
  language: 'en',
  subject: '{{workspace.name}}: please confirm your subscription',
  body: body('en', 'Somebody, we hope you, subscribed this address at {{workspace.name}} to:', 'Confirm the subscription',
    'The link works for {{event.days}} days. If it was not you, there is nothing to do: you will get no mail about this.'),
  translations: {
    ko: {
      subject: '{{workspace.name}} 수신 동의를 확인해 주세요',
      body: body('ko', '{{workspace.name}}에서 이 주소로 다음 소식의 수신이 신청되었습니다.', '수신 동의 확인하기',
        '링크는 {{event.days}}일 동안 사용할 수 있습니다. 신청하지 않으셨다면 아무것도 하지 않으셔도 되며, 소식을 보내지 않습니다.'),
    },
  },
});
