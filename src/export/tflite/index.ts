/** TensorFlow Lite files. Read encode.ts first. */
export { type TfliteOptions, encodeTflite } from './encode.js';
