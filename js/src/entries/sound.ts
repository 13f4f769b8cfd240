/** What the host loads for widgets of sound; a notebook with a camera alone does not. */

import { MicrophoneModel } from "../model/microphone_model";
import { PlayerModel } from "../model/player_model";
import { showMicrophone } from "../view/microphone_view";
import { showPlayer } from "../view/player_view";
import { defineWidget, type Make } from "./entry";

const KINDS: Record<string, Make> = {
  microphone(host, page) {
    const model = new MicrophoneModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showMicrophone(model, el, page.clock) };
  },
  audio_player(host, page) {
    const model = new PlayerModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showPlayer(model, el) };
  },
};

export default defineWidget(KINDS);
