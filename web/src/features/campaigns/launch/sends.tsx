import { List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../lib/format.ts';
import { openingOf } from '../words/opening.ts';
import { TemplateText } from '../words/template-text.tsx';
import { useFlowWords, type Definition, type MessageStep } from '../words/use-flow-words.ts';
import { firstMessage } from './first-message.ts';

/** When the first message goes. */
export function FirstMessageWords({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useFlowWords();
  const first = firstMessage(definition);
  if (first.kind === 'after') return <Text size="sm">{t('launch.first.after', { waits: first.waits.map((wait) => words.wait(wait)).join(' · ') })}</Text>;
  if (first.kind !== 'moment') return <Text size="sm">{t(`launch.first.${first.kind}`)}</Text>;
  const at = first.at ? format.instant(first.at) : t('launch.first.launch');
  return <Text size="sm">{first.localTime ? t('launch.first.local', { at, time: first.localTime }) : t('launch.first.at', { at })}</Text>;
}

/** Every message with what its variants say first. */
export function MessageList({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const messages = messagesOf(definition);
  if (messages.length === 0) return <Text size="sm">{t('launch.noMessage')}</Text>;
  return (
    <List size="sm" type="ordered" spacing={4}>
      {messages.map((message) => (
        <List.Item key={message.id}>
          <MessageName message={message} />
          {message.variants.map(({ key, content }) => <Text key={key} size="sm" c="dimmed">{message.variants.length > 1 && `${key} · `}<TemplateText text={openingOf(content)} /></Text>)}
          {message.control && <Text size="sm" c="dimmed">{t('launch.control')}</Text>}
        </List.Item>
      ))}
    </List>
  );
}

/** Its channel and what it says first, fields as chips. */
export function MessageName({ message }: { message: MessageStep }) {
  const { kind, title, template } = useFlowWords().describe(message);
  return <>{kind}: {template ? <TemplateText text={template} /> : title}</>;
}

/** The messages of a definition in the order they are written. */
export function messagesOf(definition: Definition): MessageStep[] {
  if (definition.type === 'series') return (definition.steps ?? []).filter((step) => step.type === 'message');
  return definition.message ? [definition.message as MessageStep] : [];
}
