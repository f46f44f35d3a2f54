import { Button, Card, CloseButton, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TagInput } from '../email-editor/tag-input.tsx';
import { listOf, MOST_DETAILS, MOST_LINKS, withParts, type Chat } from './content.ts';

type Detail = NonNullable<Chat['details']>[number];
type Link = NonNullable<Chat['links']>[number];
interface Part<T> { readOnly: boolean; at(path: string): string | undefined; onChange(items: T[] | undefined, merge: string): void }

/** Facts below the text: what it is about, more about it, a picture. */
export function DetailsField({ details, readOnly, at, onChange }: Part<Detail> & { details: Detail[] }) {
  const { t } = useTranslation();
  const put = (index: number, part: Partial<Detail>, merge: string) => { onChange(details.with(index, withParts({ ...details[index] }, part)), `${index} ${merge}`); };
  return (
    <Stack gap="xs" component="section" aria-label={t('hooks.details')}>
      <Text size="sm" fw={500}>{t('hooks.details')}</Text>
      {details.map(({ title = '', description = '', imageUrl = '' }, index) => (
        <Card key={index} withBorder padding="xs" component="section" aria-label={t('hooks.detail', { number: index + 1 })}>
          <Stack gap="xs">
            <Group wrap="nowrap" align="flex-start"><div style={{ flex: 1 }}><TagInput label={t('hooks.detailTitle')} value={title} maxLength={500} readOnly={readOnly} error={at(`details.${index}.title`)} onChange={(value) => { put(index, { title: value }, 'title'); }} /></div>{!readOnly && <CloseButton aria-label={t('hooks.removeDetail', { number: index + 1 })} onClick={() => { onChange(listOf(details.toSpliced(index, 1)), 'remove'); }} />}</Group>
            <TagInput label={t('hooks.description')} value={description} maxLength={2_000} lines readOnly={readOnly} error={at(`details.${index}.description`)} onChange={(value) => { put(index, { description: value }, 'description'); }} />
            <TagInput label={t('hooks.imageUrl')} value={imageUrl} maxLength={2_000} readOnly={readOnly} error={at(`details.${index}.imageUrl`)} onChange={(value) => { put(index, { imageUrl: value === '' ? undefined : value } as Partial<Detail>, 'imageUrl'); }} />
          </Stack>
        </Card>
      ))}
      {!readOnly && details.length < MOST_DETAILS && <Button variant="light" size="xs" w="fit-content" onClick={() => { onChange([...details, { title: '', description: '' }], 'add'); }}>{t('hooks.addDetail')}</Button>}
    </Stack>
  );
}

/** Where the team can go on from there. */
export function LinksField({ links, readOnly, at, onChange }: Part<Link> & { links: Link[] }) {
  const { t } = useTranslation();
  const put = (index: number, part: Partial<Link>, merge: string) => { onChange(links.with(index, { ...links[index], ...part }), `${index} ${merge}`); };
  return (
    <Stack gap="xs" component="section" aria-label={t('hooks.links')}>
      <Text size="sm" fw={500}>{t('hooks.links')}</Text>
      {links.map(({ label = '', url = '' }, index) => (
        <Card key={index} withBorder padding="xs" component="section" aria-label={t('hooks.link', { number: index + 1 })}>
          <Stack gap="xs">
            <Group wrap="nowrap" align="flex-start"><div style={{ flex: 1 }}><TagInput label={t('hooks.linkLabel')} value={label} maxLength={200} readOnly={readOnly} error={at(`links.${index}.label`)} onChange={(value) => { put(index, { label: value }, 'label'); }} /></div>{!readOnly && <CloseButton aria-label={t('hooks.removeLink', { number: index + 1 })} onClick={() => { onChange(listOf(links.toSpliced(index, 1)), 'remove'); }} />}</Group>
            <TagInput label={t('hooks.url')} value={url} maxLength={2_000} placeholder="https://" readOnly={readOnly} error={at(`links.${index}.url`)} onChange={(value) => { put(index, { url: value }, 'url'); }} />
          </Stack>
        </Card>
      ))}
      {!readOnly && links.length < MOST_LINKS && <Button variant="light" size="xs" w="fit-content" onClick={() => { onChange([...links, { label: '', url: '' }], 'add'); }}>{t('hooks.addLink')}</Button>}
    </Stack>
  );
}
