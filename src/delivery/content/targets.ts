/** What may stand in `href`: the web, mail, telephone. Everything else (`javascript:`, `data:`, relative) is refused. */
const TARGET = /^(https?:\/\/[^\s/?#]|mailto:[^\s]|tel:[+\d])/i;

/**
 * The address as it goes over the wire: trimmed, characters outside printable ASCII percent-encoded, everything else byte
 * for byte as the author wrote it. Null when it is not a target or contains control characters.
 */
export function asciiTarget(url: string): string | null {
  const trimmed = url.trim();
  if (!TARGET.test(trimmed) || /\p{Cc}/u.test(trimmed) || !URL.canParse(trimmed)) return null;
  return trimmed.replace(/\p{Cs}/gu, '\ufffd').replace(/[^\x21-\x7e]+|["<>`]/gu, encodeURIComponent);
}

export const isImageTarget = (url: string): boolean => /^https?:/i.test(url);

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#39;': "'", '&#x60;': '`', '&#x3D;': '=' };
const CHARACTERS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Undoes what Handlebars and {@link encodeAttribute} escape; other entities were decoded when the message was compiled. */
export const decodeAttribute = (value: string): string => (value.includes('&') ? value.replace(/&(?:amp|lt|gt|quot|#x27|#39|#x60|#x3D);/g, (entity) => ENTITIES[entity]!) : value);
export const encodeAttribute = (value: string): string => value.replace(/[&<>"]/g, (char) => CHARACTERS[char]!);
