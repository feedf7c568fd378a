// SPDX-License-Identifier: Apache-2.0
// Writes ../vectors/manifest.h: a manifest made by another implementation. Labels and manifest are
// signed by Node's own Ed25519 (OpenSSL), the digest is BLAKE2b of @noble/hashes, and every CBOR byte
// is written out here by hand. Run: node make_manifest.mjs > ../vectors/manifest.h
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { blake2b } from '@noble/hashes/blake2b'

// RFC 8032, section 7.1: TEST 1 signs serials, TEST 2 signs manifests.
const seeds = ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'].map((hex) => Buffer.from(hex, 'hex'))

const privateKey = (seed) => createPrivateKey({ format: 'der', type: 'pkcs8',
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]) })
const publicKey = (seed) => Buffer.from(createPublicKey(privateKey(seed)).export({ format: 'jwk' }).x, 'base64url')
const kidOf = (key) => createHash('sha256')
  .update(Buffer.concat([Buffer.from('a301012006215820', 'hex'), key])).digest().subarray(0, 5)

const signed = (seed, context, payload) => {
  const kid = kidOf(publicKey(seed))
  const bytes = Buffer.concat([
    Buffer.from([0x84, 0x6a]), Buffer.from('Signature1'),
    Buffer.from('4aa201270445', 'hex'), kid,
    Buffer.from([0x40 + context.length]), Buffer.from(context),
    Buffer.from([0x58, payload.length]), payload,
  ])
  return sign(null, bytes, privateKey(seed))
}
const base32 = (bytes) => [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('').match(/.{5}/g)
  .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('')

const rows = [
  { serial: '7K3M9Q2XBT4H', lot: 'L24A0917', made: '2026-01-12', expires: '2031-01-11', claim: 'G24HN2TXSQ' },
  { serial: '00001' },
  { serial: 'A"1,2', field: '"A""1,2"', variant: '2A' },
]
const token = ({ serial, lot, variant }) => {
  const part = (ai, value) => (value ? `/${ai}/${encodeURIComponent(value)}` : '')
  const link = `https://id.gs1.org/01/09506000134352${part(22, variant)}${part(10, lot)}${part(21, serial)}`
  return base32(Buffer.concat([Buffer.from([1]), kidOf(publicKey(seeds[0])),
    signed(seeds[0], 'assay/serial/v1', Buffer.from(link))]))
}
const lines = ['gtin,variant,lot,serial,made_on,expires_on,claim_code,token',
  ...rows.map((row) => ['09506000134352', row.variant, row.lot, row.field ?? row.serial, row.made, row.expires,
    row.claim, token(row)].map((value) => value ?? '').join(','))].map((line) => `${line}\n`)
const digest = Buffer.from(blake2b(Buffer.from(lines.join('')), { dkLen: 32 }))
const kid = kidOf(publicKey(seeds[0])).toString('hex')
const signature = signed(seeds[1], 'assay/manifest/v1', digest).toString('hex')
lines.push(`#manifest,1,${kid},${rows.length},${signature}\n`)

const literal = (line) => line.trimEnd().replaceAll('"', '\\"').match(/.{1,80}/g)
  .map((part) => `    "${part}"`).join('\n').replace(/"$/, '\\n"')
console.log(`/* SPDX-License-Identifier: Apache-2.0 */
/* Made by tests/node/make_manifest.mjs with Node's Ed25519 and @noble/hashes. */
#ifndef ASSAY_TESTS_VECTORS_MANIFEST_H
#define ASSAY_TESTS_VECTORS_MANIFEST_H

/* clang-format off */
/* Signed by the keys of TEST 1 (serials) and TEST 2 (manifests) in RFC 8032. */
static const char manifest_vector[] =
${lines.map(literal).join('\n')};

/* BLAKE2b-256 of everything before the last line. */
static const char manifest_vector_digest[] =
    "${digest.toString('hex')}";
/* clang-format on */

#endif`)
