/** Open one microphone. */

import type { SoundSize } from "../protocol/sound";
import type { CaptureKind } from "./capture";
import { type DeviceWish, wishOf } from "./devices";
import { MICROPHONE } from "./kind";
import { openDevice } from "./open";

export interface MicrophoneRequest extends DeviceWish {
  channels: number;
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
  /** Merged over ours; null: nothing to add. */
  constraints: MediaTrackConstraints | null;
}

/** Open the microphone that is asked for. Rejects with the signal's reason if it is aborted before it is there. */
export function openMicrophone(request: MicrophoneRequest, signal: AbortSignal): Promise<MediaStream> {
  const wish = {
    kind: MICROPHONE,
    ...wishOf(request),
    constraints: (deviceId: string) => ({ audio: toConstraints(request, deviceId), video: false }),
    openSynthetic: async () => new SyntheticStream() as unknown as MediaStream,
  };
  return openDevice(wish, signal);
}

export function toConstraints(request: MicrophoneRequest, deviceId: string): MediaTrackConstraints {
  const { channels, echoCancellation, noiseSuppression, autoGainControl } = request;
  return {
    channelCount: { ideal: channels },
    echoCancellation,
    noiseSuppression,
    autoGainControl,
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    ...request.constraints,
  };
}

export const MICROPHONE_CAPTURE: CaptureKind<MicrophoneRequest, SoundSize> = {
  ...MICROPHONE,
  open: openMicrophone,
  noSize: { sample_rate_hz: null, channels: null },
  // What comes is known when the browser's audio is open; browsers tell no rate, or another one, of the track.
  sizeOf: () => ({ sample_rate_hz: null, channels: null }),
};

/** Stands for the synthetic microphone, whose sound is made on the audio thread and never is a track's. */
export class SyntheticStream {
  readonly #tracks = [new SyntheticTrack()];

  getTracks(): SyntheticTrack[] {
    return this.#tracks;
  }
}

class SyntheticTrack extends EventTarget {
  readonly kind = "audio";
  readonly label = "Synthetic microphone";
  readyState: MediaStreamTrackState = "live";

  getSettings(): MediaTrackSettings {
    return {};
  }

  stop(): void {
    this.readyState = "ended";
  }
}
