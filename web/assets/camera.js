// SPDX-License-Identifier: Apache-2.0
// A camera that reads codes into a field: <button type="button" data-camera="ID" hidden> and
// web/staff/pieces/camera.html. Each code becomes an event "scan" of the field, {detail: {code}};
// when nobody cancels it, the code is typed into the field and its form is sent.
import { Sightings } from './sightings.js';

const choiceKey = 'assay camera';
const widthMost = 1280;
const pause = 60;
const refusals = {
  NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'none', OverconstrainedError: 'stopped', NotReadableError: 'busy',
  AbortError: 'busy',
};

// The reader is large: it is loaded when a camera is opened for the first time. Undefined when it
// cannot be; then the next opening tries again.
let reader;
function loadReader() {
  reader ??= import('./zxing/reader/index.js').then(async ({ prepareZXingModule, readBarcodes }) => {
    await prepareZXingModule({ overrides: { locateFile: () => new URL('./zxing/reader.wasm', import.meta.url).href }, fireImmediately: true });
    return (picture) => readBarcodes(picture, { formats: ['QRCode', 'DataMatrix'], tryHarder: true, maxNumberOfSymbols: 4 });
  }).catch(() => { reader = undefined; });
  return reader;
}

const release = (stream) => stream?.getTracks().forEach((track) => track.stop());

// Browsers answer true, or a list of what it can be.
const hasTorch = (track) => [track.getCapabilities?.().torch].flat().includes(true);

function remembered() {
  try {
    return localStorage.getItem(choiceKey) ?? '';
  } catch {
    return '';
  }
}

class Camera {
  #stream;
  #turn = 0; // of opening: what an older one was waiting for is dropped
  #sightings = new Sightings();
  #canvas = document.createElement('canvas');

  constructor(button, panel) {
    this.button = button;
    this.panel = panel;
    this.field = document.getElementById(button.dataset.camera);
    this.video = panel.querySelector('video');
    this.choice = panel.querySelector('[data-camera-choice]');
    this.torch = panel.querySelector('[data-camera-torch]');
    this.again = panel.querySelector('[data-camera-again]');
    this.said = panel.querySelector('[data-camera-said]');
    this.words = Object.fromEntries([...panel.querySelectorAll('[data-word]')].map((each) => [each.dataset.word, each.textContent]));
    button.addEventListener('click', () => (panel.hidden ? this.open() : this.close()));
    panel.querySelector('[data-camera-close]').addEventListener('click', () => this.close());
    this.again.addEventListener('click', () => this.open());
    this.choice.addEventListener('change', () => this.#choose());
    this.torch.addEventListener('click', () => this.#light(this.torch.getAttribute('aria-pressed') !== 'true'));
    document.addEventListener('visibilitychange', () => this.#visibility());
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#list());
    addEventListener('pagehide', () => this.#stop());
    button.setAttribute('aria-expanded', 'false');
    button.hidden = false;
  }

  #say(word) {
    this.said.textContent = this.words[word];
    this.panel.dataset.state = word;
  }

  // With the camera `chosen`, or the one that was chosen before, or any.
  async open(chosen) {
    this.panel.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.#stop();
    const turn = ++this.#turn;
    if (!navigator.mediaDevices) {
      this.#fail(isSecureContext ? 'none' : 'insecure');
      return;
    }
    this.#say('starting');
    this.again.hidden = true;
    try {
      await this.#run(turn, chosen);
    } catch (error) {
      if (turn === this.#turn) this.#fail(refusals[error.name] ?? 'broken');
    }
  }

  async #run(turn, chosen) {
    const loading = loadReader();
    const stream = await this.#ask(chosen);
    if (turn !== this.#turn) {
      release(stream);
      return;
    }
    await this.#show(stream);
    const read = await loading;
    if (turn !== this.#turn) return;
    if (!read) {
      this.#fail('unloaded');
      return;
    }
    this.#say('looking');
    await this.#look(read, turn);
  }

  // There is no picture, and this is why: back to typing, unless somebody types elsewhere.
  #fail(word) {
    this.#turn += 1;
    this.#stop();
    this.#say(word);
    this.again.hidden = false;
    this.#list();
    if (!document.activeElement?.matches('input, select, textarea')) this.field.focus();
  }

  close() {
    this.#turn += 1;
    this.#stop();
    this.panel.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    this.field.focus();
  }

  // The camera that was chosen before may be gone; the one that is chosen now is wanted, or the reason.
  async #ask(chosen) {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const any = { video: { ...size, facingMode: { ideal: 'environment' } } };
    const id = chosen ?? remembered();
    if (id === '') return navigator.mediaDevices.getUserMedia(any);
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: id } } });
    } catch (error) {
      if (chosen !== undefined || error.name === 'NotAllowedError') throw error;
      return navigator.mediaDevices.getUserMedia(any);
    }
  }

  async #show(stream) {
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener('ended', () => {
      if (this.#stream === stream) this.#fail('stopped');
    });
    this.torch.hidden = !hasTorch(track);
    this.video.srcObject = stream;
    await this.video.play();
    await this.#list();
  }

  // Without leave the browser names no camera.
  async #list() {
    const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const cameras = all.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '');
    const current = this.#stream?.getVideoTracks()[0].getSettings().deviceId;
    this.choice.replaceChildren(...cameras.map(({ deviceId, label }, place) => new Option(label || `${this.words.camera} ${place + 1}`, deviceId)));
    this.choice.selectedIndex = cameras.findIndex(({ deviceId }) => deviceId === current);
    this.choice.hidden = cameras.length < 2;
  }

  #choose() {
    const { value } = this.choice;
    try {
      localStorage.setItem(choiceKey, value);
    } catch {
      // Then the browser chooses again next time.
    }
    this.open(value);
  }

  async #light(on) {
    const stream = this.#stream;
    if (!stream) return;
    try {
      await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
      if (stream === this.#stream) this.torch.setAttribute('aria-pressed', String(on));
    } catch {
      if (stream === this.#stream) this.torch.hidden = true;
    }
  }

  #stop() {
    release(this.#stream);
    this.#stream = undefined;
    this.video.srcObject = null;
    this.torch.hidden = true;
    this.torch.setAttribute('aria-pressed', 'false');
  }

  #visibility() {
    if (this.panel.hidden) return;
    if (document.hidden && this.again.hidden) {
      this.#turn += 1;
      this.#stop();
      this.#say('paused');
    } else if (!document.hidden && this.panel.dataset.state === 'paused') {
      this.open();
    }
  }

  #picture() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, widthMost / videoWidth);
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    return context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
  }

  async #look(read, turn) {
    while (turn === this.#turn) {
      if (this.video.videoWidth > 0) {
        const found = await read(this.#picture());
        if (turn !== this.#turn) return;
        for (const { isValid, text } of found) if (isValid && this.#sightings.isNew(text, performance.now())) this.#found(text);
      }
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
  }

  #found(code) {
    this.panel.classList.remove('seen');
    this.panel.offsetWidth; // so that the flash begins anew
    this.panel.classList.add('seen');
    const event = new CustomEvent('scan', { bubbles: true, cancelable: true, detail: { code } });
    if (!this.field.dispatchEvent(event)) return;
    this.field.value = code;
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
    this.field.form?.requestSubmit();
  }
}

const panel = document.querySelector('[data-camera-panel]');
for (const button of document.querySelectorAll('[data-camera]')) new Camera(button, panel);
