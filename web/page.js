/** Classifies a picture with an exported TFLite file, in this browser: nothing leaves it. */
import { Tensor, loadAndCompile, loadLiteRt } from '@litertjs/core';

const element = (id) => document.getElementById(id);
const say = (text) => {
  element('status').textContent = text;
};

/** The most likely classes that are shown. */
const shown = 5;

let current;
/** The picture that was chosen last, for another network. */
let bitmap;

async function choose(entry) {
  say(`Loading ${entry.name}.`);
  current?.model.delete();
  current = undefined;
  const model = await loadAndCompile(`models/${entry.file}`, { accelerator: 'wasm' });
  current = { entry, model };
  const { resolution, labels, accuracy } = entry;
  const known = accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} % accurate on test images`;
  element('about').textContent = `${resolution}x${resolution} pixels, ${labels.length} classes${known}.`;
  say('Ready.');
  if (bitmap) await classify();
}

/** The middle of the picture, as large as the network wants it, as the numbers that it was trained on. */
function pixels({ resolution, channels, mean, std }) {
  const canvas = element('picture');
  canvas.width = resolution;
  canvas.height = resolution;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const side = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, resolution, resolution);
  context.drawImage(bitmap, left, top, side, side, 0, 0, resolution, resolution);
  const { data } = context.getImageData(0, 0, resolution, resolution);
  const input = new Float32Array(resolution * resolution * channels);
  for (let i = 0; i < resolution * resolution; i++) {
    const [r, g, b, a] = data.subarray(4 * i, 4 * i + 4);
    const values = channels === 1 ? [0.299 * r + 0.587 * g + 0.114 * b] : [r, g, b, a];
    for (let c = 0; c < channels; c++) input[i * channels + c] = (values[c] / 255 - mean[c]) / std[c];
  }
  return input;
}

function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

async function classify() {
  if (!current || !bitmap) return;
  const { entry, model } = current;
  const { resolution, channels, labels } = entry;
  const input = Tensor.fromTypedArray(pixels(entry), [1, resolution, resolution, channels]);
  const start = performance.now();
  const [output] = await model.run(input);
  const logits = await output.data();
  const ms = performance.now() - start;
  const likely = softmax(logits)
    .map((probability, i) => ({ probability, label: labels[i] ?? `class ${i}` }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, shown);
  input.delete();
  output.delete();
  element('classes').replaceChildren(...likely.map(row));
  say(`Classified in ${ms.toFixed(1)} ms.`);
}

function row({ probability, label }) {
  const item = document.createElement('li');
  const name = document.createElement('span');
  name.textContent = label;
  const meter = document.createElement('meter');
  meter.value = probability;
  meter.ariaLabel = label;
  const value = document.createElement('output');
  value.textContent = `${(100 * probability).toFixed(1)} %`;
  value.dataset.probability = String(probability);
  item.append(name, meter, value);
  return item;
}

async function take(file) {
  if (!file) return;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    say(`${file.name} is not a picture that this browser reads.`);
    return;
  }
  await classify();
}

function listen() {
  const drop = element('drop');
  for (const name of ['dragenter', 'dragover']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  document.addEventListener('dragleave', () => drop.classList.remove('over'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    void take(event.dataTransfer.files[0]);
  });
  document.addEventListener('paste', (event) => void take(event.clipboardData.files[0]));
  element('file').addEventListener('change', (event) => void take(event.target.files[0]));
}

async function begin() {
  listen();
  const models = await (await fetch('models/models.json')).json();
  await loadLiteRt(new URL('litert/wasm/', document.baseURI).href);
  const select = element('network');
  select.replaceChildren(...models.map(({ name }, i) => new Option(name, String(i))));
  select.addEventListener('change', () => void choose(models[Number(select.value)]).catch(failed));
  await choose(models[0]);
}

function failed(error) {
  say(`It does not work in this browser: ${error.message ?? error}`);
  throw error;
}

begin().catch(failed);
