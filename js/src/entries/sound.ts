/** What the host loads for widgets of sound; a notebook with a camera alone does not. */

import { MicrophoneModel } from "../model/microphone_model";
import { PlayerModel } from "../model/player_model";
import { getPage } from "../page/page";
import { showMicrophone } from "../view/microphone_view";
import { showPlayer } from "../view/player_view";
import { defineWidget } from "./entry";

export default defineWidget((host) => {
  const page = getPage();
  if (host.get("_kind") === "microphone") {
    const model = new MicrophoneModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showMicrophone(model, el, page.clock) };
  }
  const model = new PlayerModel(host, page);
  return { destroy: () => model.destroy(), show: (el) => showPlayer(model, el) };
});
