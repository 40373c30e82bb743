// Runs models on one frame: node run.mjs WIDTH HEIGHT IN.bin MODEL.onnx … writes MODEL.onnx.bin (planar float32 R, G, B).
import { readFileSync, writeFileSync } from "node:fs";
import ort from "onnxruntime-node";

const [width, height, from, ...models] = process.argv.slice(2);
const bytes = readFileSync(from);
const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const source = new ort.Tensor("float32", values, [1, 3, Number(height), Number(width)]);
for (const model of models) {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { recovered } = await session.run({ source });
  if (recovered.dims.join() !== source.dims.join()) throw new Error(`the output of ${model} is ${recovered.dims}`);
  writeFileSync(`${model}.bin`, Buffer.from(recovered.data.buffer, recovered.data.byteOffset, recovered.data.byteLength));
}
