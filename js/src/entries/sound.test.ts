// @vitest-environment happy-dom
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { expect, it } from "vitest";
import { FakeModel } from "../testing/fake_model";
import { MICROPHONE_TRAITS } from "../testing/microphone_page";
import { PLAYER_TRAITS } from "../testing/player_page";
import { WEBCAM_TRAITS } from "../testing/source_page";
import collector from "./collector";
import sound from "./sound";
import widget from "./widget";

type Definition = {
  initialize(props: InitializeProps): () => void;
  render(props: RenderProps): (() => void) | undefined;
};

function made(definition: unknown, traits: Record<string, unknown>) {
  const { initialize, render } = definition as Definition;
  const model = new FakeModel(traits);
  const end = initialize({ model: model.asModel } as InitializeProps);
  const host = document.createElement("div");
  render({ model: model.asModel, el: host } as unknown as RenderProps);
  return { model, host, end };
}

it("shows a collector, and leaves nothing behind", () => {
  const { model, host, end } = made(collector, { _kind: "collector", _widget_id: "one", label: "" });
  expect(host.querySelectorAll(".nbstream-collector .nbstream-classes")).toHaveLength(1);
  end();
  expect([model.listening, model.sent.at(-1)?.content.type]).toEqual([0, "bye"]);
});

it.each([
  ["microphone", MICROPHONE_TRAITS, ".nbstream-source .nbstream-waveform"],
  ["audio player", PLAYER_TRAITS, ".nbstream-player .nbstream-volume"],
])("shows a %s, and leaves nothing behind", (_name, traits, css) => {
  const { model, host, end } = made(sound, traits);
  expect(host.querySelectorAll(css)).toHaveLength(1);
  expect(host.classList.contains("nbstream-widget")).toBe(true);
  end();
  expect([model.listening, model.sent.at(-1)?.content.type]).toEqual([0, "bye"]);
});

it("is the same page to the kernel as the widgets of the other bundle", () => {
  const [microphone, webcam] = [made(sound, MICROPHONE_TRAITS), made(widget, WEBCAM_TRAITS)];
  expect(microphone.model.sentOf("hello")[0]?.client).toBe(webcam.model.sentOf("hello")[0]?.client);
  microphone.end();
  webcam.end();
});
