import { Code, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { LabelCell } from './label-form.tsx';

/** Fields with their types, how many have them, and values that occur. `labelled`: they are attributes, which have labels. */
export function Fields({ caption, found, labelled = false }: { caption: string; found: Api<'SegmentFields'>; labelled?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <DataTable caption={caption} items={found.fields} keyOf={({ key }) => key} columns={[
      { key: 'key', label: t('data.field'), cell: ({ key }) => <Code>{key}</Code> },
      ...(labelled ? [{ key: 'label', label: t('data.labelled'), cell: ({ key }: { key: string }) => <LabelCell kind="attribute" name={key} /> }] : []),
      { key: 'types', label: t('data.types'), cell: ({ types }) => types.map((type) => t(`data.type.${type as 'text'}`, { defaultValue: type })).join(', ') },
      { key: 'share', label: t('data.share'), numeric: true, cell: ({ having }) => format.percent(having, found.looked) },
      { key: 'samples', label: t('data.samples'), cell: ({ samples }) => (samples.length === 0 ? t('state.none') : <Group gap={4}>{samples.slice(0, 6).map((value) => <Code key={value}>{value}</Code>)}</Group>) },
    ]} />
  );
}
