/** How a server proves who its user is: the hash of the id under the shared secret. Code is the same in every language of the page. */
export const EXAMPLES = [
  {
    key: 'node', name: 'Node.js',
    code: `import { createHmac } from 'node:crypto';

const userHash = createHmac('sha256', process.env.DANBI_IDENTITY_SECRET)
  .update(user.id).digest('hex');`,
  },
  {
    key: 'python', name: 'Python',
    code: `import hashlib, hmac, os

user_hash = hmac.new(os.environ['DANBI_IDENTITY_SECRET'].encode(),
                     str(user.id).encode(), hashlib.sha256).hexdigest()`,
  },
  {
    key: 'php', name: 'PHP',
    code: `$userHash = hash_hmac('sha256', (string) $user->id, getenv('DANBI_IDENTITY_SECRET'));`,
  },
  {
    key: 'java', name: 'Java',
    code: `Mac mac = Mac.getInstance("HmacSHA256");
mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
String userHash = HexFormat.of().formatHex(mac.doFinal(userId.getBytes(UTF_8)));`,
  },
  {
    key: 'page', name: 'HTML',
    code: `<script>
  danbi.identify('{{ user.id }}', {}, { userHash: '{{ userHash }}' });
</script>`,
  },
] as const;
