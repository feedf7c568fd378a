// SPDX-License-Identifier: Apache-2.0
// Writes tests/vectors/keyfile.h: a key file and a file of secrets made by another implementation
// (@noble/hashes, @noble/ciphers, Node's Ed25519), byte by byte after the comments of keys/keyfile.c
// and keys/secrets.c. Run: node make_keyfile.mjs > ../vectors/keyfile.h
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { xchacha20poly1305 } from '@noble/ciphers/chacha'
import { argon2id } from '@noble/hashes/argon2'
import { blake2b } from '@noble/hashes/blake2'

const ascii = (text) => Buffer.from(text, 'ascii')
const number = (n) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(n))
  return bytes
}
const publicKey = (seed) => createPublicKey(createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
  format: 'der', type: 'pkcs8',
})).export({ format: 'der', type: 'spki' }).subarray(-32)

const passphrase = 'correct horse battery staple'
const seeds = ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'].map((s) => Buffer.from(s, 'hex'))
const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const nonce = Buffer.from('404142434445464748494a4b4c4d4e4f5051525354555657', 'hex')
const operations = 2
const kibibytes = 64

const header = Buffer.concat([ascii('assay-keyfile v1'), number(operations), number(kibibytes * 1024),
  ascii('plant-a'.padEnd(32, '\0')), ...seeds.map(publicKey), salt, nonce])
const wrapping = argon2id(passphrase, salt, { t: operations, m: kibibytes, p: 1, dkLen: 32 })
const sealed = xchacha20poly1305(wrapping, nonce, header).encrypt(Buffer.concat(seeds))
const file = Buffer.concat([header, sealed])

const hex = (from, count) =>
  Buffer.from(Array.from({ length: count }, (_, i) => (from + 7 * i) & 0xff)).toString('hex')
const content = `assay secrets v1\nlabel_key = ${hex(1, 32)}\nclaim_key = ${hex(2, 32)}\nrecord_key = ${hex(3, 16)}\n`
const check = Buffer.from(blake2b(ascii(content), { dkLen: 16 })).toString('hex')
const secrets = `${content}check = ${check}\n`

const literal = (text) => text.match(/.{1,80}/g).map((part) => `\n    "${part}"`).join('')
console.log(`/* SPDX-License-Identifier: Apache-2.0 */
/* Made by tests/node/make_keyfile.mjs with @noble/hashes and @noble/ciphers. */
#ifndef ASSAY_TESTS_VECTORS_KEYFILE_H
#define ASSAY_TESTS_VECTORS_KEYFILE_H

/* clang-format off */
/* In hex; its seeds are those of TEST 1 and TEST 2 in RFC 8032, its name is plant-a. */
#define KEYFILE_PASSPHRASE "${passphrase}"
static const char keyfile_vector[] =${literal(file.toString('hex'))};

/* As text. Byte i of a key is its number, 1 to 3, plus 7 i. */
static const char secrets_vector[] =${secrets.match(/.*\n/g).map((line) => `\n    "${line.trimEnd()}\\n"`).join('')};
/* clang-format on */

#endif`)
