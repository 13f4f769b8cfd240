/**
 * A camera that is drawn in the page, for people and test machines without one.
 *
 * The page's clock, which also runs in hidden tabs, wakes the camera when a frame is due; the frame is drawn on a canvas and handed
 * to the canvas' stream. Frame n shows the scene at n / fps seconds and carries n as text and barcode. A busy page
 * misses frames, as a real camera's page does: their numbers never appear, and the scene keeps the pace of the clock.
 */

import type { Cancel, Clock } from "../../page/clock";
import { createPainter } from "./draw";
import { sceneAt } from "./scene";

export interface SyntheticCameraOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Frames per second. */
  readonly fps: number;
  readonly clock: Clock;
  /** Ends the camera, as `track.stop()` does. */
  readonly signal: AbortSignal;
}

/**
 * Open the synthetic camera: a stream with one video track.
 *
 * Rejects with the signal's reason if it is aborted already.
 */
export async function openSyntheticCamera(options: SyntheticCameraOptions): Promise<MediaStream> {
  const { widthPx, heightPx, fps, clock, signal } = options;
  signal.throwIfAborted();
  const canvas = document.createElement("canvas");
  canvas.width = widthPx;
  canvas.height = heightPx;
  const painter = createPainter(canvas);
  // 0: a frame is taken when we ask for it, so that each drawn frame is taken once.
  const stream = canvas.captureStream(0);
  const track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
  const taker = frameTaker(stream, track);

  const openedAtMs = clock.now();
  let frameIndex = 0;
  let cancelWake: Cancel = () => {};
  const drawFrame = () => {
    painter.draw(sceneAt(frameIndex / fps, widthPx, heightPx), frameIndex);
    taker.requestFrame();
  };
  const wake = () => {
    // Browsers fire no "ended" event for track.stop(), so the camera looks here.
    if (track.readyState === "ended") return close();
    const dueIndex = Math.floor(((clock.now() - openedAtMs) * fps) / 1000);
    if (dueIndex > frameIndex) {
      frameIndex = dueIndex;
      drawFrame();
    }
    wakeForNextFrame();
  };
  const wakeForNextFrame = () => {
    const nextAtMs = openedAtMs + ((frameIndex + 1) * 1000) / fps;
    cancelWake = clock.after(Math.ceil(nextAtMs - clock.now()), wake);
  };
  const close = () => {
    signal.removeEventListener("abort", close);
    cancelWake();
    track.stop();
  };
  signal.addEventListener("abort", close);
  drawFrame();
  wakeForNextFrame();
  return stream;
}

interface FrameTaker {
  requestFrame(): void;
}

/** The track, or in Firefox, which has an older form of the standard, its stream. */
function frameTaker(stream: MediaStream, track: CanvasCaptureMediaStreamTrack): FrameTaker {
  return "requestFrame" in track ? track : (stream as unknown as FrameTaker);
}
