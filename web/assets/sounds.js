// SPDX-License-Identifier: Apache-2.0
// What the desk sounds and feels like, told apart without looking: up for yes, low and long for no,
// twice the same for a question, a tick for a code that waits, which the hand must not take for a yes
// and therefore feels thrice. Tones are [Hz, start, length] in seconds, shakes milliseconds on, off, on.
const tunes = {
  accept: { shape: 'sine', tones: [[660, 0, 0.09], [990, 0.1, 0.16]], shake: [60] },
  refuse: { shape: 'sawtooth', tones: [[160, 0, 0.28], [120, 0.3, 0.4]], shake: [250, 100, 250] },
  review: { shape: 'triangle', tones: [[520, 0, 0.12], [520, 0.2, 0.12]], shake: [100, 80, 100] },
  unchecked: { shape: 'square', tones: [[320, 0, 0.06]], shake: [30, 60, 30, 60, 30] },
};
let context;

function tone(shape, [hertz, start, length]) {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  const at = context.currentTime + start;
  oscillator.type = shape;
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.linearRampToValueAtTime(0.2, at + 0.01);
  volume.gain.linearRampToValueAtTime(0.0001, at + length);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}

// A browser lets a page sound and shake once somebody has pressed a key or clicked on it; some cannot
// do one or the other, or do not say whether they may.
export function play(outcome) {
  if (navigator.userActivation?.hasBeenActive === false) return;
  const { shape, tones, shake } = tunes[outcome];
  navigator.vibrate?.(shake);
  if (!window.AudioContext) return;
  context ??= new AudioContext();
  context.resume();
  for (const each of tones) tone(shape, each);
}
