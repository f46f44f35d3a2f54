import { Button, ScrollArea, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { CopyLine, Section } from '../kit/parts.tsx';
import { ApplyFiles } from './apply-files.tsx';

const HEIGHT = 320;

/** Campaigns and what they name as files: taken out here, reviewed elsewhere, and applied after their plan was seen. */
export function FilesPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t('settings.places.files')} note={t('files.note')}>
      {mayEdit(me) && <ApplyFiles />}
      <Here />
    </Page>
  );
}

function Here() {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({ queryKey: ['files'], queryFn: () => answer(api.GET('/v1/files', { params: { query: {} } })), gcTime: 0 });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { files } = found.data;
  return (
    <Section title={t('files.here', { shown: format.number(files.length) })} hint={t('files.hereHint')} actions={<Button variant="default" onClick={() => { save(files); }}>{t('files.download')}</Button>}>
      <ScrollArea.Autosize mah={HEIGHT} viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': t('files.list') }}>
        <Table verticalSpacing={4}>
          <Table.Thead><Table.Tr><Table.Th scope="col">{t('files.file')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{files.map(({ path, content }) => <Table.Tr key={path}><Table.Td><CopyLine text={path} value={content} name={path} /></Table.Td></Table.Tr>)}</Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Text size="sm" c="dimmed">{t('files.command')}</Text>
      <CopyLine text="npm run --silent danbi -- pull ./campaigns" name={t('files.commandName')} />
    </Section>
  );
}

/** All of them in one file, which is read again as it is. */
function save(files: readonly { content: string }[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([files.map(({ content }) => `---\n${content}`).join('')], { type: 'application/yaml' }));
  link.download = 'danbi.yaml';
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 10_000);
}
