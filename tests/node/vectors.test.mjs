// SPDX-License-Identifier: Apache-2.0
// The vectors of the C tests are what their scripts print.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const path = (name) => new URL(name, import.meta.url).pathname

for (const [script, header] of [
  ['../vectors/make_vectors.mjs', '../vectors/tokens.h'],
  ['make_keyfile.mjs', '../vectors/keyfile.h'],
]) {
  test(`${header} is what ${script} prints`, () => {
    const printed = execFileSync(process.execPath, [path(script)], { encoding: 'utf8' })
    assert.equal(printed, readFileSync(path(header), 'utf8'))
  })
}
