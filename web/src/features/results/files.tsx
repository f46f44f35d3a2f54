import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconDownload } from '../../ui/icons.ts';

const FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export interface FileOf { key: string; label: string; /** Address without the format. */ path: string; query?: Record<string, string | undefined> }

/** The same numbers as files; they hold ids, no addresses and no contents. */
export function Files({ files }: { files: FileOf[] }) {
  const { t } = useTranslation();
  const href = ({ path, query = {} }: FileOf, format: string) => `${path}?${new URLSearchParams([['format', format], ...(format === 'csv' ? [['bom', 'true']] : []), ...Object.entries(query).flatMap(([key, value]) => (value ? [[key, value]] : []))] as [string, string][]).toString()}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target><Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>{t('results.files')}</Button></Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {files.flatMap((file) => [<Menu.Label key={file.key}>{file.label}</Menu.Label>, ...FORMATS.map((format) => <Menu.Item key={`${file.key} ${format}`} component="a" href={href(file, format)} download>{t(`results.formats.${format}`, { what: file.label })}</Menu.Item>)])}
      </Menu.Dropdown>
    </Menu>
  );
}
