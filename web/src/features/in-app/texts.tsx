import { ActionIcon, Button, Card, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconPlus, IconX } from '../../ui/icons.ts';
import { TagField } from '../../ui/tag-field.tsx';
import { PickReply } from '../messages/replies/pick-reply.tsx';
import { withReply } from '../messages/replies/reply-text.ts';
import type { Button as Link, InAppContent, Texts } from './content.ts';
import type { At } from './place.ts';

const MOST_BUTTONS = 3;

interface Given {
  texts: Texts; /** Which of the languages of a saved reply is meant. */ language: string; markup: InAppContent['markup']; readOnly: boolean; isMain: boolean; hasSurvey: boolean; at: At;
  onMarkup(markup: InAppContent['markup']): void; onChange(texts: Texts): void;
  onButtons(buttons: Link[], from: (index: number) => number | null): void;
}

/** Title, words, buttons and picture in one language. */
export function TextsEditor({ texts, language, markup, readOnly, isMain, hasSurvey, at, onMarkup, onChange, onButtons }: Given) {
  const { t } = useTranslation();
  const { title, body, image } = texts;
  return (
    <Stack gap="sm">
      <TagField label={t('inApp.title')} value={title} maxLength={200} readOnly={readOnly} error={at('title')} onChange={(next) => { onChange({ ...texts, title: next }); }} />
      <TagField label={t('inApp.body')} lines={markup === 'html' ? 5 : 3} monospace={markup === 'html'} value={body} maxLength={10_000} readOnly={readOnly} error={at('body')} description={t(markup === 'html' ? 'inApp.bodyHtml' : 'inApp.bodyText')} withAsterisk={!hasSurvey} onChange={(next) => { onChange({ ...texts, body: next }); }} />
      {!readOnly && markup === 'text' && <PickReply language={language} onPick={(replies) => { onChange({ ...texts, body: withReply(body, replies, language) }); }} />}
      {isMain && <Group gap="xs"><Text size="sm">{t('inApp.markup')}</Text><SegmentedControl size="xs" aria-label={t('inApp.markup')} readOnly={readOnly} value={markup} data={(['text', 'html'] as const).map((value) => ({ value, label: t(`inApp.markups.${value}`) }))} onChange={(next) => { onMarkup(next as InAppContent['markup']); }} /></Group>}
      <Buttons {...{ texts, readOnly, isMain, at, onButtons }} />
      {image ? (
        <Card withBorder padding="sm" component="section" aria-label={t('inApp.image')}>
          <Stack gap="xs">
            <Group justify="space-between"><Text size="sm" fw={600}>{t('inApp.image')}</Text>{!readOnly && <ActionIcon variant="subtle" color="gray" aria-label={t('inApp.imageRemove')} onClick={() => { const { image: _gone, ...rest } = texts; onChange(rest); }}><IconX size={16} aria-hidden /></ActionIcon>}</Group>
            <TagField label={t('inApp.imageUrl')} placeholder="https://" value={image.url} maxLength={2_000} readOnly={readOnly} error={at('image.url')} onChange={(url) => { onChange({ ...texts, image: { ...image, url } }); }} />
            <TagField label={t('inApp.imageAlt')} description={t('inApp.imageAltHint')} value={image.alt} maxLength={300} readOnly={readOnly} error={at('image.alt')} onChange={(alt) => { onChange({ ...texts, image: { ...image, alt } }); }} />
          </Stack>
        </Card>
      ) : !readOnly && <Group><Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { onChange({ ...texts, image: { url: '', alt: '' } }); }}>{t('inApp.imageAdd')}</Button></Group>}
    </Stack>
  );
}

function Buttons({ texts: { buttons }, readOnly, isMain, at, onButtons }: Pick<Given, 'texts' | 'readOnly' | 'isMain' | 'at' | 'onButtons'>) {
  const { t } = useTranslation();
  const put = (index: number, change: Partial<Link>) => { onButtons(buttons.with(index, { ...buttons[index]!, ...change }), (one) => one); };
  return (
    <Stack gap="xs">
      {buttons.map((button, index) => (
        <Card key={index} withBorder padding="sm" component="section" aria-label={t('inApp.buttonN', { n: index + 1 })}>
          <Stack gap="xs">
            <Group justify="space-between">
              <Text size="sm" fw={600}>{t('inApp.buttonN', { n: index + 1 })}</Text>
              {isMain && !readOnly && <ActionIcon variant="subtle" color="gray" aria-label={t('inApp.buttonRemove', { n: index + 1 })} onClick={() => { onButtons(buttons.toSpliced(index, 1), (one) => (one < index ? one : one + 1)); }}><IconX size={16} aria-hidden /></ActionIcon>}
            </Group>
            <TagField label={t('inApp.buttonLabel')} value={button.label} maxLength={100} readOnly={readOnly} error={at(`buttons.${index}.label`)} onChange={(label) => { put(index, { label }); }} />
            <TagField label={t('inApp.buttonUrl')} description={t('inApp.buttonUrlHint')} placeholder="https://" value={button.url} maxLength={2_000} readOnly={readOnly} error={at(`buttons.${index}.url`)} onChange={(url) => { put(index, { url }); }} />
          </Stack>
        </Card>
      ))}
      {at('buttons') && <Text size="sm" c="red">{at('buttons')}</Text>}
      {isMain && !readOnly && buttons.length < MOST_BUTTONS && <Group><Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { onButtons([...buttons, { label: '', url: '' }], (index) => (index < buttons.length ? index : null)); }}>{t('inApp.buttonAdd')}</Button></Group>}
    </Stack>
  );
}
