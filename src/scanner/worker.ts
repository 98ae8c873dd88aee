/** The scanner's own thread: frames come in, texts go out, one at a time. `reader.ts` is its other end. */
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { openDecoder } from './decoder'
import { openDrawing } from './drawing'
import type { Answer, Question } from './reader'

const draw = openDrawing()
const decoder = openDecoder(wasmUrl)

self.onmessage = async ({ data: { id, frame } }: MessageEvent<Question>) => {
  self.postMessage(await answer(id, frame))
}

async function answer(id: number, frame: Question['frame']): Promise<Answer> {
  try {
    const { read } = await decoder
    const begun = performance.now()
    const found = await read('close' in frame ? draw(frame, frame.width, frame.height) : frame)
    return { id, found, milliseconds: performance.now() - begun }
  } catch (error) {
    return { id, error: String(error) }
  } finally {
    if ('close' in frame) frame.close()
  }
}
