import { CAMERA_CAPTURE } from "../capture/camera";
import type { Encoder } from "../encode/job";
import { WebcamModel } from "../model/webcam_model";
import { Page } from "../page/page";
import type { StateMessage } from "../protocol/to_page";
import { FakeClock } from "./fake_clock";
import { FakeEncoder } from "./fake_encoder";
import { FakePrompt, FakeStream, settle } from "./fake_media";
import { FakeModel } from "./fake_model";
import { FakeVisibility } from "./fake_screen";
import { state } from "./messages";
import { importPart } from "./parts";

export const WEBCAM_TRAITS = {
  _kind: "webcam",
  _widget_id: "cam",
  label: "",
  device: "",
  resolution: [640, 480],
  facing_mode: null,
  crop: null,
  mirror: false,
  color: "rgb",
  quality: 70,
  hold: "size",
  constraints: null,
};

/** A page with one source in it; the test plays the kernel, the camera and the person. */
export class SourcePage {
  readonly clock = new FakeClock();
  readonly visibility = new FakeVisibility();
  readonly page = new Page(this.clock, this.visibility, importPart);
  readonly kernel: FakeModel;
  readonly prompt = new FakePrompt();
  readonly encoder = new FakeEncoder();
  readonly source: WebcamModel;
  #index = 0;

  constructor(traits: Record<string, unknown> = {}, makeEncoder: () => Promise<Encoder> = async () => this.encoder) {
    this.kernel = new FakeModel({ ...WEBCAM_TRAITS, ...traits });
    this.source = new WebcamModel(this.kernel.asModel, this.page, {
      ...CAMERA_CAPTURE,
      open: (request) => this.prompt.getUserMedia({ video: { ...request } as MediaTrackConstraints }),
      makeEncoder,
    });
  }

  /** The kernel sends a state, newer than the one before, with this page as the owner. */
  say(fields: Partial<StateMessage> = {}): void {
    this.#index += 1;
    const credit = { ...state().credit, index: this.#index, run: fields.run ?? 1, ...fields.credit };
    this.kernel.say(state({ index: this.#index, owner: this.page.client, ...fields, credit }));
  }

  /** The person clicks "Allow". */
  async grant(stream = new FakeStream()): Promise<FakeStream> {
    this.prompt.last.grant(stream);
    await settle();
    return stream;
  }

  async refuse(error: Error): Promise<void> {
    this.prompt.last.refuse(error);
    await settle();
  }

  /** The types of all that was sent since the last look. */
  sentTypes(): unknown[] {
    return this.kernel.sent.splice(0).map(({ content }) => content.type);
  }
}
