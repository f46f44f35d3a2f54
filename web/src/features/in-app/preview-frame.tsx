import { Box, Button, Group, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';

export type Device = 'desktop' | 'phone';
export type Scheme = 'light' | 'dark';
/** Pixels of the pages that are shown; a desktop is shown smaller, as far as there is room. */
const SIZE = { desktop: [1_000, 640], phone: [360, 640] } as const;
/** What a visitor can do with a message, and what is said of it. */
const SAID = new Set(['click', 'reply', 'dismiss']);

interface Told { danbi?: string; event?: string }

/** The page on which the SDK itself displays a message. It is of an origin of its own and is sent what to display. */
export function PreviewFrame({ display, device, scheme, isOld }: { display: Api<'DisplayMessage'> | null; device: Device; scheme: Scheme; isOld: boolean }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const { ref, width } = useElementSize();
  useEffect(() => {
    const hear = ({ data, source }: MessageEvent<Told | null>) => {
      if (source !== frame.current?.contentWindow || data?.danbi !== 'preview') return;
      if (data.event === 'ready') setReady(true);
      else if (SAID.has(data.event ?? '')) setSaid(data.event!);
    };
    addEventListener('message', hear);
    return () => { removeEventListener('message', hear); };
  }, []);
  const show = () => {
    setSaid(null);
    // Its origin is opaque, so none can be named; the page holds nothing of anybody.
    if (display) frame.current?.contentWindow?.postMessage({ danbi: 'preview', message: display, scheme }, '*');
  };
  const text = JSON.stringify(display);
  // oxlint-disable-next-line react/exhaustive-deps -- shown anew when it says something else, not when the object is another
  useEffect(() => { if (ready) show(); }, [ready, text, scheme]);
  const [wide, high] = SIZE[device];
  const scale = Math.min(1, (width || wide) / wide);
  return (
    <Box>
      <Box ref={ref} h={high * scale} style={{ overflow: 'hidden', display: 'flex', alignItems: 'flex-start', justifyContent: device === 'desktop' ? 'flex-start' : 'center', opacity: isOld && display ? 0.75 : 1 }}>
        <iframe
          // As the page itself says; its origin stays its own.
          sandbox="allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox"
          ref={frame} title={t('inApp.preview.frame')} src="/preview/in-app" data-device={device}
          style={{ width: wide, height: high, flex: 'none', border: '1px solid var(--mantine-color-default-border)', borderRadius: 8, boxSizing: 'content-box', transform: `scale(${scale})`, transformOrigin: device === 'desktop' ? 'top left' : 'top center' }}
        />
      </Box>
      <Group gap="xs" mt={4} justify="space-between">
        <Text size="xs" c="dimmed" component="output">{said ? t(`inApp.preview.said.${said as 'click'}`) : t('inApp.preview.hint')}</Text>
        <Button size="compact-xs" variant="default" disabled={!display} onClick={show}>{t('inApp.preview.again')}</Button>
      </Group>
    </Box>
  );
}
