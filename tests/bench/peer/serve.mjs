// SPDX-License-Identifier: Apache-2.0
// serve.mjs PORT COUNT DIR: what a user would write instead of the gateway: fastify, jose's EdDSA
// and lmdb. Makes COUNT labels (a compact JWS over the canonical link) and their records in DIR,
// writes the labels to DIR/labels.csv, and answers the same question: read the link, verify the
// signature, read product and unit, say what is known.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import fastify from 'fastify';
import { CompactSign, compactVerify, generateKeyPair } from 'jose';
import { open } from 'lmdb';

const [port, count, dir] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const gtin = '09506000134352';
const lot = 'L24A0917';
const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
const store = open({ path: join(dir, 'store') });
const units = store.openDB('units');
const products = store.openDB('products');

async function make() {
  const out = createWriteStream(join(dir, 'labels.csv'));
  await products.put(gtin, {
    item: 'DR-18', brand: 'Norrland', name: 'Cordless drill 18 V', model: 'DR-18',
    support: 'https://support.example.com/dr-18',
    entitlements: [{ id: 'standard', title: 'Two years', months: 24, covers: 'parts, labour' }],
  });
  for (let i = 0; i < count; i++) {
    const serial = i.toString(36).toUpperCase().padStart(12, '0');
    const path = `/01/${gtin}/10/${lot}/21/${serial}`;
    const token = await new CompactSign(Buffer.from(`https://id.gs1.org${path}`))
      .setProtectedHeader({ alg: 'EdDSA', kid: 'plant' }).sign(privateKey);
    units.put(`${gtin}/${serial}`, { state: 'issued', lot, made_on: '2026-01-12', kid: 'plant' });
    out.write(`${path}?S=${token}\n`);
  }
  await units.flushed;
  await new Promise((resolve) => out.end(resolve));
}

async function verify(token, canonical) {
  try {
    const { payload } = await compactVerify(token, publicKey);
    return Buffer.from(payload).toString() === canonical;
  } catch {
    return false;
  }
}

const app = fastify();
app.get('/01/:gtin/10/:lot/21/:serial', async (request, reply) => {
  const { gtin: item, lot: batch, serial } = request.params;
  const canonical = `https://id.gs1.org/01/${item}/10/${batch}/21/${serial}`;
  reply.header('cache-control', 'no-store');
  if (!(await verify(request.query.S ?? '', canonical)))
    return { verdict: 'bad', reasons: [{ code: 'label_forged', class: 'bad' }] };
  const unit = units.get(`${item}/${serial}`);
  if (unit === undefined || unit.lot !== batch)
    return { verdict: 'bad', reasons: [{ code: 'never_issued', class: 'bad' }] };
  return {
    verdict: 'ok',
    reasons: [{ code: 'genuine', class: 'ok', text: 'The label is genuine and nothing speaks against the unit.' }],
    label: { result: 'genuine', kid: unit.kid, issuer: { organisation: 'Norrland' } },
    code: { kind: 'digital_link', gtin: item, lot: batch, serial, canonical },
    product: products.get(item),
    unit,
    checked_at: new Date().toISOString(),
  };
});

await make();
await app.listen({ port, host: '127.0.0.1' });
console.log('ready');
process.on('SIGTERM', () => process.exit(0));
