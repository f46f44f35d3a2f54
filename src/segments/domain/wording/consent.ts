import type { ConsentCondition } from '../../../contract/segment-conditions.js';
import { named, quoted, verb, type LeafWords, type Verb } from './words.js';

const CHANNELS = { email: { en: 'by e-mail', ko: '이메일로' }, in_app: { en: 'in the app', ko: '앱에서' } };
const KOREAN: Record<ConsentCondition['state'], Verb> = {
  subscribed: verb('받겠다고 했고', '받겠다고 했거나', '받겠다고 한'),
  unsubscribed: verb('받지 않겠다고 했고', '받지 않겠다고 했거나', '받지 않겠다고 한'),
  unset: verb('받을지 말한 적이 없고', '받을지 말한 적이 없거나', '받을지 말한 적이 없는'),
  allowed: verb('받을 수 있고', '받을 수 있거나', '받을 수 있는'),
};

export const consentWords: LeafWords<ConsentCondition> = {
  english(leaf, names) {
    const topic = quoted(names.get(leaf.topic)?.name ?? leaf.topic);
    const channel = CHANNELS[leaf.channel].en;
    switch (leaf.state) {
      case 'subscribed': return `they said yes to ${topic} ${channel}`;
      case 'unsubscribed': return `they said no to ${topic} ${channel}`;
      case 'unset': return `they never said whether they want ${topic} ${channel}`;
      default: return `they may get ${topic} ${channel}`;
    }
  },
  korean(leaf, ending, names) {
    const topic = names.get(leaf.topic);
    return `${named(topic?.nameKo ?? topic?.name ?? leaf.topic, '을/를')} ${CHANNELS[leaf.channel].ko} ${KOREAN[leaf.state][ending]}`;
  },
};
