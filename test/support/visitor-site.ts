import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VisitorSite { url: string; close(): Promise<void> }

/** A website of another origin with the snippet on every page, as its owner pastes it. */
export async function serveVisitorSite(danbi: string, writeKey: string): Promise<VisitorSite> {
  const page = (path: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,"><script async src="${danbi}/sdk/danbi.js" data-key="${writeKey}"></script></head><body><h1>Shop ${path}</h1><p>Everything a team needs, for one price.</p></body></html>`;
  const server = createServer((request, response) => { response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(new URL(request.url!, 'http://x').pathname)); });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => new Promise((done) => { server.closeAllConnections(); server.close(() => done()); }) };
}
