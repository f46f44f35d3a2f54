import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server in a process of its own that takes everything and keeps nothing. Tells its port to the parent. */
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'], logger: false, authOptional: true,
  onData: (stream, _session, done) => {
    stream.on('end', () => done());
    stream.resume();
  },
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
