// SPDX-License-Identifier: Apache-2.0
// Writes tokens.h: labels made by another implementation. The signatures are those of Node's own
// Ed25519 (OpenSSL), every CBOR byte is written out here by hand, and the odd curve points come from
// the arithmetic at the end of this file. Run: node make_vectors.mjs > tokens.h
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const ascii = (text) => Buffer.from(text, 'ascii')

// RFC 8032, section 7.1: TEST 1, 2, 3, 1024 and SHA(abc), secret and public key.
const rfc8032 = [
  ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'],
  ['4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'],
  ['c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'],
  ['f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5',
    '278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e'],
  ['833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf'],
].map(([seed, key]) => ({ seed: Buffer.from(seed, 'hex'), key: Buffer.from(key, 'hex') }))

// RFC 8410: the fixed start of a PKCS #8 Ed25519 private key.
const privateKey = (seed) => createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
  format: 'der', type: 'pkcs8',
})
const publicKey = (seed) => createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-32)

// RFC 9679: SHA-256 of {1: 1, -1: 6, -2: x}; the first five bytes are ours.
const kidOf = (key) =>
  createHash('sha256').update(Buffer.from('a301012006215820', 'hex')).update(key).digest().subarray(0, 5)

const sigStructure = (kid, context, payload) => Buffer.concat([
  Buffer.from([0x84]),
  Buffer.from([0x6a]), ascii('Signature1'),
  Buffer.from([0x4a, 0xa2, 0x01, 0x27, 0x04, 0x45]), kid,
  Buffer.from([0x40 + context.length]), ascii(context),
  Buffer.from([0x58, payload.length]), payload,
])

const base32 = (bytes) => {
  const bits = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('')
  return bits.match(/.{5}/g).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('')
}

const serial = 'assay/serial/v1'
const link = 'https://id.gs1.org/01/09506000134352'
const cases = [
  ['plain serial', 0, serial, `${link}/21/7K3M9Q2XBT4H`],
  ['with lot', 0, serial, `${link}/10/L24A0917/21/7K3M9Q2XBT4H`],
  ['with variant and lot', 1, serial, `${link}/22/2A/10/L24A0917/21/7K3M9Q2XBT4H`],
  ['leading zeros', 1, serial, `${link}/21/00001`],
  ['without them', 1, serial, `${link}/21/1`],
  ['percent-encoded', 2, serial, `${link}/10/A%2FB%25/21/%2F%22%3C%3E`],
  ['all twenties, all encoded', 2, serial, `${link}/22/${'%25'.repeat(20)}/10/${'%2F'.repeat(20)}/21/${'%3C'.repeat(20)}`],
  ['another plant', 3, serial, `${link}/21/7K3M9Q2XBT4H`],
  ['manifest', 4, 'assay/manifest/v1', 'sixty-four bytes that stand for the digest of a whole manifest..'],
  ['24 bytes', 4, serial, 'https://id.gs1.org/01/09'],
  ['255 bytes', 4, serial, `${link}/21/`.padEnd(255, 'Z')],
]

const token = ([label, signer, context, text]) => {
  const { seed } = rfc8032[signer]
  const key = publicKey(seed)
  const kid = kidOf(key)
  const signed = sigStructure(kid, context, ascii(text))
  const signature = sign(null, signed, privateKey(seed))
  const cose = Buffer.concat([Buffer.from([0x84, 0x4a, 0xa2, 0x01, 0x27, 0x04, 0x45]), kid,
    Buffer.from([0xa0, 0xf6, 0x58, 0x40]), signature])
  return { label, seed, key, kid, context, text, signed, signature, cose,
    token: base32(Buffer.concat([Buffer.from([0x01]), kid, signature])) }
}

// Edwards arithmetic, RFC 8032 section 5.1, without any care for time.
const p = 2n ** 255n - 19n
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const mod = (a) => ((a % p) + p) % p
const power = (a, e) => {
  let result = 1n
  for (a = mod(a); e > 0n; e >>= 1n, a = mod(a * a)) if (e & 1n) result = mod(result * a)
  return result
}
const d = mod(-121665n * power(121666n, p - 2n))
const add = ([x1, y1], [x2, y2]) => {
  const t = mod(d * x1 * x2 * y1 * y2)
  return [mod((x1 * y2 + x2 * y1) * power(1n + t, p - 2n)), mod((y1 * y2 + x1 * x2) * power(1n - t, p - 2n))]
}
const multiply = (k, point) => {
  let result = [0n, 1n]
  for (; k > 0n; k >>= 1n, point = add(point, point)) if (k & 1n) result = add(result, point)
  return result
}
const same = ([x1, y1], [x2, y2]) => x1 === x2 && y1 === y2
const littleEndian = (n) => Buffer.from(n.toString(16).padStart(64, '0'), 'hex').reverse()
const fromLittleEndian = (bytes) => BigInt('0x' + hex(Buffer.from(bytes).reverse()))
const encode = ([x, y]) => littleEndian(y | ((x & 1n) << 255n))
const xOf = (y) => {
  const square = mod((y * y - 1n) * power(d * y * y + 1n, p - 2n))
  let x = power(square, (p + 3n) / 8n)
  if (mod(x * x) !== square) x = mod(x * power(2n, (p - 1n) / 4n))
  return mod(x * x) === square ? x : undefined
}
const decode = (bytes) => {
  const y = fromLittleEndian(bytes) & (2n ** 255n - 1n)
  const x = xOf(y)
  return [(x & 1n) === BigInt(bytes[31] >> 7) ? x : mod(-x), y]
}
const order = (point) => {
  for (let n = 1, at = point; n <= 8; n++, at = add(at, point)) if (same(at, [0n, 1n])) return n
  return 0
}

// The eight points of small order: L times any point of full order leaves one of them.
const eighth = (() => {
  for (let y = 2n; ; y++) {
    const x = xOf(y)
    if (x !== undefined && order(multiply(L, [x, y])) === 8) return multiply(L, [x, y])
  }
})()
const small = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((k) => multiply(k, eighth))

const points = small.map((point) => [`order ${order(point)}`, encode(point)])
for (const k of [0n, 1n])
  for (const sign of [0n, 1n])
    points.push([`small order, not canonical: y = p + ${k}, sign ${sign}`, littleEndian((p + k) | (sign << 255n))])
points.push(['x = 0 with its sign set', littleEndian(1n | (1n << 255n))])
for (let k = 2n; k < 19n; k++)
  if (xOf(k) !== undefined) points.push([`not canonical: y = p + ${k}`, littleEndian(p + k)])
for (let y = 2n, found = 0; found < 3; y++)
  if (xOf(y) === undefined && ++found) points.push([`not on the curve: y = ${y}`, littleEndian(y)])
const prime = decode(rfc8032[0].key)
small.filter((point) => order(point) > 1).forEach((point) => {
  const mixed = add(prime, point)
  if (same(multiply(L, mixed), [0n, 1n])) throw new Error('not mixed')
  points.push([`mixed order: RFC 8032 key plus order ${order(point)}`, encode(mixed)])
})

// The same signature with S + L: the same equation, another spelling.
const malleable = (signature) =>
  Buffer.concat([signature.subarray(0, 32), littleEndian(fromLittleEndian(signature.subarray(32)) + L)])

// A signature that plain verification accepts under a mixed-order key A + T, T of order 2: with an
// even challenge k, k(A + T) = kA. The secret scalar is that of TEST 1; r is searched.
const mixedSignature = (() => {
  const seed = rfc8032[0].seed
  const half = createHash('sha512').update(seed).digest().subarray(0, 32)
  half[0] &= 248
  half[31] = (half[31] & 127) | 64
  const a = fromLittleEndian(half)
  const base = decode(littleEndian(mod(4n * power(5n, p - 2n))))
  const key = encode(add(prime, small.find((point) => order(point) === 2)))
  const kid = kidOf(key)
  const signed = sigStructure(kid, serial, ascii(cases[0][3]))
  for (let r = 2n; ; r++) {
    const R = encode(multiply(r, base))
    const k = fromLittleEndian(createHash('sha512').update(R).update(key).update(signed).digest()) % L
    if (k % 2n === 0n) return { key, signature: Buffer.concat([R, littleEndian((r + k * a) % L)]) }
  }
})()

const vectors = cases.map(token)
rfc8032.forEach(({ seed, key }) => {
  if (!publicKey(seed).equals(key)) throw new Error('RFC 8032 and this Node differ')
})

// C string literals, cut so that lines stay short.
const literal = (text) => text.match(/.{1,80}/g).map((part) => `\n     "${part}"`).join('')
const fields = (...texts) => texts.map(literal).join(',')
console.log(`/* SPDX-License-Identifier: Apache-2.0 */
/* Made by make_vectors.mjs with Node's Ed25519; bytes are in hex. */
#ifndef ASSAY_TESTS_VECTORS_TOKENS_H
#define ASSAY_TESTS_VECTORS_TOKENS_H

/* clang-format off */
static const struct token_vector {
    const char *label, *seed, *public_key, *kid, *context, *payload, *signed_bytes, *token, *cose;
} token_vectors[] = {
${vectors.map((v) => `    {"${v.label}",${fields(hex(v.seed), hex(v.key), hex(v.kid), v.context, v.text, hex(v.signed), v.token, hex(v.cose))}},`).join('\n')}
};

/* The first vector's signature, spelled with S + L. */
static const char malleable_signature[] =${literal(hex(malleable(vectors[0].signature)))};

/* Public keys that must not be loaded. */
static const struct bad_point {
    const char *label, *bytes;
} bad_points[] = {
${points.map(([label, bytes]) => `    {"${label}",${literal(hex(bytes))}},`).join('\n')}
};

/* A mixed-order key, and a signature of the first vector's link that verifies under it. */
static const char mixed_order_key[] =${literal(hex(mixedSignature.key))};
static const char mixed_order_signature[] =${literal(hex(mixedSignature.signature))};
/* clang-format on */

#endif`)
