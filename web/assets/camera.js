// SPDX-License-Identifier: Apache-2.0
// A camera that reads codes into a field: <button type="button" data-camera="ID" hidden> and
// web/staff/pieces/camera.html. Each code becomes an event "scan" of the field, {detail: {code}};
// when nobody cancels it, the code is typed into the field and its form is sent.
import { Sightings } from './sightings.js';

const choiceKey = 'assay camera';
const widthMost = 1280;
const pause = 60;
const refusals = {
  NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'none', OverconstrainedError: 'none', NotReadableError: 'busy',
  AbortError: 'busy',
};

// The reader is large: it is loaded when a camera is opened for the first time.
let reader;
function loadReader() {
  reader ??= import('./zxing/reader/index.js').then(({ prepareZXingModule, readBarcodes }) => {
    prepareZXingModule({ overrides: { locateFile: () => new URL('./zxing/reader.wasm', import.meta.url).href } });
    return (picture) => readBarcodes(picture, { formats: ['QRCode', 'DataMatrix'], tryHarder: true, maxNumberOfSymbols: 4 });
  });
  return reader;
}

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
    this.said = panel.querySelector('[data-camera-said]');
    this.words = Object.fromEntries([...panel.querySelectorAll('[data-word]')].map((each) => [each.dataset.word, each.textContent]));
    button.addEventListener('click', () => (panel.hidden ? this.open() : this.close()));
    panel.querySelector('[data-camera-close]').addEventListener('click', () => this.close());
    this.choice.addEventListener('change', () => this.#choose());
    this.torch.addEventListener('click', () => this.#light(this.torch.getAttribute('aria-pressed') !== 'true'));
    document.addEventListener('visibilitychange', () => this.#visibility());
    addEventListener('pagehide', () => this.#stop());
    button.setAttribute('aria-expanded', 'false');
    button.hidden = false;
  }

  #say(word) {
    this.said.textContent = this.words[word];
    this.panel.dataset.state = word;
  }

  async open() {
    this.panel.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.#stop();
    const turn = ++this.#turn;
    if (!navigator.mediaDevices) {
      this.#say(isSecureContext ? 'none' : 'insecure');
      return;
    }
    this.#say('starting');
    try {
      const [stream, read] = await Promise.all([this.#ask(remembered()), loadReader()]);
      if (turn !== this.#turn) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      await this.#show(stream);
      this.#say('looking');
      this.#look(read, turn);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#stop();
      this.#say(refusals[error.name] ?? 'broken');
    }
  }

  close() {
    this.#turn += 1;
    this.#stop();
    this.panel.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    this.field.focus();
  }

  // The camera that was chosen before may be gone.
  async #ask(id) {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const any = { video: { ...size, facingMode: { ideal: 'environment' } } };
    if (id === '') return navigator.mediaDevices.getUserMedia(any);
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: id } } });
    } catch (error) {
      if (error.name === 'NotAllowedError') throw error;
      return navigator.mediaDevices.getUserMedia(any);
    }
  }

  async #show(stream) {
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener('ended', () => {
      if (this.#stream !== stream) return;
      this.#stop();
      this.#say('busy');
    });
    this.torch.hidden = !track.getCapabilities?.().torch;
    this.torch.setAttribute('aria-pressed', 'false');
    this.video.srcObject = stream;
    await this.video.play();
    await this.#list(track.getSettings().deviceId);
  }

  async #list(current) {
    const all = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
    this.choice.replaceChildren(...all.map(({ deviceId, label }, place) =>
      new Option(label || `${this.words.camera} ${place + 1}`, deviceId, false, deviceId === current)));
    this.choice.hidden = all.length < 2;
  }

  #choose() {
    try {
      localStorage.setItem(choiceKey, this.choice.value);
    } catch {
      // Then the browser chooses again next time.
    }
    this.open();
  }

  async #light(on) {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    try {
      await track?.applyConstraints({ advanced: [{ torch: on }] });
      this.torch.setAttribute('aria-pressed', String(on));
    } catch {
      this.torch.hidden = true;
    }
  }

  #stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = undefined;
    this.video.srcObject = null;
  }

  #visibility() {
    if (this.panel.hidden) return;
    if (document.hidden) {
      this.#turn += 1;
      this.#stop();
      this.#say('paused');
    } else if (this.panel.dataset.state === 'paused') {
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
