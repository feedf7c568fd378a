// SPDX-License-Identifier: Apache-2.0
// A link to an owner's page or to a transfer ends in "#SECRET", which the browser sends to nobody.
// Here it goes into the form, and out of the address bar and the history.
const field = document.querySelector('[data-from-address]');
const secret = location.hash.slice(1);

if (field !== null && secret !== '') {
  history.replaceState(null, '', location.pathname + location.search);
  field.value = secret;
  if (field.dataset.fromAddress === 'go') field.form.requestSubmit();
}
