import iconv from 'iconv-lite';
import { firstOf, type MimePart } from './mime.js';

/** So much of a part is decoded: what servers say is short, what follows is the returned message. */
const MAX_BYTES = 96 * 1024;

/** Names that iconv-lite spells otherwise. */
const CHARSETS: Record<string, string> = { 'ks_c_5601-1987': 'cp949', ks_c_5601: 'cp949', 'x-windows-949': 'cp949', 'iso-2022-kr': 'cp949', 'iso-8859-8-i': 'iso-8859-8', 'x-sjis': 'shift_jis', unicode: 'utf-8' };

/** The text of a part: its transfer encoding undone, its charset decoded. Never throws; what cannot be decoded is shown as latin1. */
export function textOf(part: MimePart): string {
  return decodeCharset(transferDecoded(part.body, firstOf(part.headers, 'content-transfer-encoding') ?? ''), part.params.get('charset') ?? '');
}

function transferDecoded(body: Buffer, encoding: string): Buffer {
  const name = encoding.trim().toLowerCase();
  if (name === 'base64') return Buffer.from(body.subarray(0, MAX_BYTES * 2).toString('latin1').replaceAll(/[^A-Za-z0-9+/=]/g, ''), 'base64').subarray(0, MAX_BYTES);
  const cut = body.subarray(0, MAX_BYTES);
  return name === 'quoted-printable' ? unquoted(cut) : cut;
}

function unquoted(body: Buffer): Buffer {
  const text = body.toString('latin1').replaceAll(/=[ \t]{0,20}\r?\n/g, '').replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

/** Text of these bytes. Without a name, or with a wrong one, UTF-8 when it is that. */
export function decodeCharset(bytes: Buffer, charset: string): string {
  const wanted = charset.trim().toLowerCase().replaceAll(/['"]/g, '');
  if (/^iso-2022-jp/.test(wanted) || (wanted === '' && bytes.includes('\x1b$B'))) return fromJis(bytes);
  const name = CHARSETS[wanted] ?? wanted;
  const isAscii = bytes.every((byte) => byte < 128);
  if (isAscii) return bytes.toString('latin1');
  const utf8 = bytes.toString('utf8');
  if (!utf8.includes('�')) return utf8;
  return name !== '' && name !== 'us-ascii' && name !== 'utf-8' && iconv.encodingExists(name) ? iconv.decode(bytes, name) : bytes.toString('latin1');
}

/** ISO-2022-JP (RFC 1468) is EUC-JP with escape sequences instead of the high bit. */
function fromJis(bytes: Buffer): string {
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  let isWide = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 0x1b && (bytes[at + 1] === 0x24 || bytes[at + 1] === 0x28)) {
      isWide = bytes[at + 1] === 0x24;
      at += 2;
      continue;
    }
    // Some write EUC-JP and call it this.
    out[length] = isWide && bytes[at]! > 0x20 ? bytes[at]! | 0x80 : bytes[at]!;
    length += 1;
  }
  return iconv.decode(out.subarray(0, length), 'euc-jp');
}

/** Text of an HTML part, roughly: for reading words, not for showing. */
export function plainOfHtml(html: string): string {
  return html
    .replaceAll(/<(style|script|title)\b[^>]{0,500}>[^<]{0,20000}/gi, ' ')
    .replaceAll(/<(br|p|div|tr|li|h\d|\/p|\/div|\/tr|\/table)\b[^>]{0,500}>/gi, '\n')
    .replaceAll(/<[/!a-z][^<>@]{0,1000}>/gi, ' ')
    .replaceAll(/&(lt|gt|amp|quot|nbsp|#39);/gi, (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ', '#39': "'" })[name.toLowerCase()] ?? ' ');
}

/** Text of a header that may have encoded words (RFC 2047). */
export function headerText(value: string): string {
  return value.slice(0, 4_000).replaceAll(/=\?([\w-]{1,40})(?:\*[\w-]{1,20})?\?([bq])\?([^?\s]{0,1000})\?=(?:\s+(?==\?))?/gi, (_, charset: string, kind: string, text: string) => {
    const bytes = kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : unquoted(Buffer.from(text.replaceAll('_', ' '), 'latin1'));
    return decodeCharset(bytes, charset);
  });
}
