import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** An in-app message shown by the SDK itself, on a page of an origin of its own; nothing done in it counts. */
export function InAppCopy({ display }: { display: object }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    const hear = ({ data, source }: MessageEvent<{ danbi?: string; event?: string } | null>) => {
      if (source === frame.current?.contentWindow && data?.danbi === 'preview' && data.event === 'ready') setReady(true);
    };
    addEventListener('message', hear);
    return () => { removeEventListener('message', hear); };
  }, []);
  // Its origin is opaque, so none can be named; the page holds nothing of anybody.
  useEffect(() => { if (isReady) frame.current?.contentWindow?.postMessage({ danbi: 'preview', message: display }, '*'); }, [isReady, display]);
  return <iframe ref={frame} title={t('deliveries.copy.title')} src="/preview/in-app" sandbox="allow-scripts" style={{ width: '100%', height: 480, border: '1px solid var(--mantine-color-default-border)', borderRadius: 8 }} />;
}
