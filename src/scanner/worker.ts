/** The scanner's own thread: frames come in one at a time, texts go out. `reader.ts` is its other end. */
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { openDecoder } from './decoder'
import { openDrawing } from './drawing'
import type { Grey } from './grey'
import { openPlane } from './plane'
import type { Answer, Question } from './reader'

const decoder = openDecoder(wasmUrl)
const plane = openPlane()
const draw = openDrawing()

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  self.postMessage(await answer(data))
}

async function answer({ id, frame }: Question): Promise<Answer> {
  try {
    const { read } = await decoder
    const begun = performance.now()
    const found = read('close' in frame ? await greyOfVideo(frame) : frame)
    return { id, found, milliseconds: performance.now() - begun }
  } catch (error) {
    return { id, error: String(error) }
  } finally {
    if ('close' in frame) frame.close()
  }
}

async function greyOfVideo(frame: VideoFrame): Promise<Grey> {
  return (await plane(frame)) ?? draw(frame, frame.displayWidth, frame.displayHeight)
}
