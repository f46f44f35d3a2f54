import { spawn, spawnSync } from 'node:child_process';

/** Debian's own Python, where its packages are; others of the same name may come first in the path. */
const PYTHON = '/usr/bin/python3';

const has = (module: string) => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
/** Whether Python's e-mail package can be asked, and dkimpy, Debian's python3-dkim. */
export const hasPython = has('email');
export const hasDkimpy = has('dkim');

const DKIM = `
import base64, dkim, json, sys
asked = json.load(sys.stdin)
def dns(name, timeout=5):
    found = asked['dns'].get((name.decode() if isinstance(name, bytes) else name).rstrip('.'))
    return found.encode() if found else None
def verified(raw):
    try:
        return dkim.verify(raw, dnsfunc=dns)
    except dkim.DKIMException:
        return False
print(json.dumps([verified(base64.b64decode(raw)) for raw in asked['mails']]))
`;

const READ = `
import base64, email, email.header, email.policy, email.utils, json, sys
def name_of(raw):
    # The new parser puts a space between encoded words of a name (fixed in later versions), the old one reads them right.
    name = email.utils.parseaddr(email.message_from_bytes(raw)['from'])[0]
    return str(email.header.make_header(email.header.decode_header(name)))
def read(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    sender = mail['from'].addresses[0]
    return {'subject': str(mail['subject']), 'fromName': name_of(raw), 'from': sender.addr_spec, 'to': str(mail['to']),
            'names': mail.keys(), 'text': parts.get('text/plain'), 'html': parts.get('text/html'), 'defects': [str(d) for d in mail.defects]}
print(json.dumps([read(base64.b64decode(raw)) for raw in json.load(sys.stdin)['mails']]))
`;

/** What Python's email package reads in a message. */
export interface PythonMail { subject: string; fromName: string; from: string; to: string; names: string[]; text: string; html: string; defects: string[] }

/** Which of the messages dkimpy verifies; `dns` holds the TXT records by name. */
export const dkimpyVerifies = (mails: readonly Buffer[], dns: Record<string, string>) => ask<boolean[]>(DKIM, { mails: mails.map((raw) => raw.toString('base64')), dns });

export const pythonReads = (mails: readonly Buffer[]) => ask<PythonMail[]>(READ, { mails: mails.map((raw) => raw.toString('base64')) });

function ask<T>(program: string, input: object): Promise<T> {
  return new Promise((done, fail) => {
    const python = spawn(PYTHON, ['-c', program], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let said = '';
    python.stdout.on('data', (part: Buffer) => { out += part.toString(); });
    python.stderr.on('data', (part: Buffer) => { said += part.toString(); });
    python.on('error', fail);
    python.on('close', (code) => (code === 0 ? done(JSON.parse(out) as T) : fail(new Error(said))));
    python.stdin.end(JSON.stringify(input));
  });
}
