/* SPDX-License-Identifier: Apache-2.0 */
/* Made by tests/node/make_keyfile.mjs with @noble/hashes and @noble/ciphers. */
#ifndef ASSAY_TESTS_VECTORS_KEYFILE_H
#define ASSAY_TESTS_VECTORS_KEYFILE_H

/* clang-format off */
/* In hex; its seeds are those of TEST 1 and TEST 2 in RFC 8032, its name is plant-a. */
#define KEYFILE_PASSPHRASE "correct horse battery staple"
static const char keyfile_vector[] =
    "61737361792d6b657966696c6520763100000000000000020000000000010000706c616e742d6100"
    "000000000000000000000000000000000000000000000000d75a980182b10ab7d54bfed3c964073a"
    "0ee172f3daa62325af021a68f707511a3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968c"
    "c0cd55f12af4660c000102030405060708090a0b0c0d0e0f404142434445464748494a4b4c4d4e4f"
    "50515253545556579c701910b628339c2178b1171c11d9f49619978ccf313a5f1d1ecd28b85d50d5"
    "005fc7cea5759e0fd7c99568415a96e887b748bf4786585846a10f5a0d8d969b027c105802dfdda1"
    "005d97eb7efb8058";

/* As text. Byte i of a key is its number, 1 to 3, plus 7 i. */
static const char secrets_vector[] =
    "assay secrets v1\n"
    "label_key = 01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da\n"
    "claim_key = 020910171e252c333a41484f565d646b727980878e959ca3aab1b8bfc6cdd4db\n"
    "record_key = 030a11181f262d343b424950575e656c\n"
    "check = 8d2d32cc119361d29caf30b4a0d1e6ef\n";
/* clang-format on */

#endif
