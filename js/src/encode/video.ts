/** The pictures as a video, VP8. Its text goes to the worker, so it may use nothing from around it. */

import type { Encoded, VideoJob } from "./job";

/** Encodes what is on the canvas; null where this browser cannot, and a JPEG is wanted in its place. */
export type EncodeVideo = (canvas: OffscreenCanvas, job: VideoJob) => Promise<Encoded | null>;

export function makeVideo(): EncodeVideo {
  let encoder: VideoEncoder | null = null;
  let hasWorked = false;
  let isUnable = typeof VideoEncoder === "undefined";
  let config = { width: 0, height: 0, bitrate: 0 };
  let lastSeq = 0;
  let atUs = 0;
  let chunks: EncodedVideoChunk[] = [];

  async function prepare({ width, height }: OffscreenCanvas, bitrate: number): Promise<VideoEncoder> {
    const isReady = encoder?.state === "configured";
    const isSameSize = config.width === width && config.height === height;
    if (encoder && isReady && isSameSize && config.bitrate === bitrate) return encoder;
    config = { width, height, bitrate };
    // By software: it is the same everywhere, and holds no picture back.
    const wanted: VideoEncoderConfig = {
      ...config,
      codec: "vp8",
      latencyMode: "realtime",
      hardwareAcceleration: "prefer-software",
    };
    if (!(await VideoEncoder.isConfigSupported(wanted)).supported) throw new Error("no encoder for VP8");
    if (!encoder || !isReady) encoder = new VideoEncoder({ output: (chunk) => chunks.push(chunk), error: () => {} });
    if (!isReady || !isSameSize) lastSeq = 0;
    encoder.configure(wanted);
    return encoder;
  }

  async function encode(canvas: OffscreenCanvas, { seq, isKey, bitsPerS }: VideoJob): Promise<Encoded> {
    const ready = await prepare(canvas, bitsPerS);
    atUs = Math.max(atUs + 1, Math.round(performance.now() * 1000));
    chunks = [];
    const picture = new VideoFrame(canvas, { timestamp: atUs });
    try {
      ready.encode(picture, { keyFrame: isKey || lastSeq === 0 });
    } finally {
      picture.close();
    }
    await ready.flush();
    const [chunk] = chunks;
    if (!chunk) throw new Error("the encoder left the picture out");
    if (chunk.type !== "key" && (isKey || lastSeq === 0)) {
      ready.close(); // A new one begins with a key frame.
      throw new Error("no key frame came");
    }
    const bytes = new ArrayBuffer(chunk.byteLength);
    chunk.copyTo(bytes);
    const after = chunk.type === "key" ? 0 : lastSeq;
    lastSeq = seq;
    hasWorked = true;
    return { bytes, after };
  }

  return async (canvas, job) => {
    if (isUnable) return null;
    try {
      return await encode(canvas, job);
    } catch (error) {
      if (hasWorked) throw error;
      isUnable = true;
      return null;
    }
  };
}
