import { describe, expect, it } from "vitest";
import { mark, overlay } from "../testing/messages";
import { parseClip } from "./clip";
import { buildCollect, buildDiscard, type CollectorPageMessage, parseCollectorMessage } from "./collection";
import {
  buildBeat,
  buildBye,
  buildCamera,
  buildCommand,
  buildFrame,
  buildHello,
  buildPainted,
  buildPointer,
  buildVideo,
  type PageMessage,
} from "./from_page";
import { buildPartWanted, type PartWantedMessage, parsePart } from "./part";
import { buildChunk, buildPlayed, parseMicrophoneMessage, parsePlayerMessage, type SoundPageMessage } from "./sound";
import { parseKernelMessage } from "./to_page";
import { buildFilePart, type FilePartMessage } from "./upload";

interface Golden {
  name: string;
  direction: "to_kernel" | "to_page";
  valid: boolean;
  content: Record<string, unknown>;
  buffer_lengths: number[];
}

const files = import.meta.glob<Golden[]>("../../../tests/golden/**/*.json", { eager: true, import: "default" });
const golden = Object.entries(files).flatMap(([file, examples]) =>
  examples.map((example) => ({ ...example, title: `${file.split("golden/").pop()}: ${example.name}` })),
);

const SIZE = ["width_px", "height_px", "quality"];

/** Build again, with the page's builders, what the golden file says the page sends. */
function rebuild(
  content: Record<string, unknown>,
): PageMessage | PartWantedMessage | SoundPageMessage | CollectorPageMessage | FilePartMessage {
  // biome-ignore lint/suspicious/noExplicitAny: the golden content is JSON
  const { nbstream: _version, type, client, painted = null, ...rest } = content as any;
  switch (type) {
    case "hello":
      return buildHello(client, rest.views, rest.report_index);
    case "bye":
      return buildBye(client);
    case "command":
      return buildCommand(client, rest.action, rest.command_index, {
        device: { id: rest.device, label: rest.label ?? "" },
        atMs: rest.at_ms,
        adjustment: Object.fromEntries(SIZE.filter((name) => name in rest).map((name) => [name, rest[name]])) as never,
      });
    case "camera":
      return buildCamera(client, rest.run, rest.camera, rest.report_index);
    case "beat":
      return buildBeat(client, rest, painted);
    case "frame":
      return buildFrame(client, rest, painted);
    case "chunk":
      return buildChunk(client, rest, painted);
    case "pointer": {
      const { pointer_index: index, ...gesture } = rest;
      return buildPointer(client, gesture, index);
    }
    case "video":
      return buildVideo(client, rest.key_after);
    case "collect":
      return buildCollect(client, rest.class_index, rest.is_held, rest.command_index);
    case "discard":
      return buildDiscard(client, rest.example, rest.command_index);
    case "part":
      return buildPartWanted(client, rest.part);
    case "file_part":
      return buildFilePart(client, rest.command_index, rest, rest.at, rest.byte_length);
    case "played":
      return buildPlayed(client, rest);
    default:
      return buildPainted(client, painted);
  }
}

type Parse = (content: unknown, buffers: { byteLength: number }[]) => unknown;

/** Each kind of widget understands its own messages; what is valid is understood by one of them. */
const PARSERS: Parse[] = [
  parseKernelMessage,
  parseMicrophoneMessage,
  parsePlayerMessage,
  parseCollectorMessage,
  parsePart,
  parseClip,
];

describe("golden messages", () => {
  it("are there for every type", () => {
    const types = "beat bye camera command credit frame hello overlay painted result state".split(" ");
    const found = Object.keys(files).map((file) => file.match(/(\w+)\.json$/)?.[1]);
    expect(found).toEqual(expect.arrayContaining(types));
  });

  const toPage = golden.filter((example) => example.direction === "to_page");
  it.each(toPage)("$title", ({ valid, content, buffer_lengths }) => {
    const buffers = buffer_lengths.map((byteLength) => ({ byteLength }));
    const understood = PARSERS.map((parse) => parse(content, buffers)).filter((message) => message !== null);
    expect(understood).toEqual(valid ? [content] : []);
  });

  const sent = golden.filter((example) => example.direction === "to_kernel" && example.valid);
  it.each(sent.filter(({ content }) => !("colour" in content)))("the page builds $title", ({ content }) => {
    expect(rebuild(content)).toEqual(content);
  });
});

describe("what is no message at all", () => {
  it.each([null, undefined, 3, "state", [], [{ nbstream: 1 }]])("%j is refused", (content) => {
    expect(parseKernelMessage(content)).toBeNull();
  });
});

it("more marks than a page draws are refused", () => {
  const some = (count: number) => overlay({ marks: Array.from({ length: count }, () => mark()) });
  expect([300, 301].map((count) => parseKernelMessage(some(count)) !== null)).toEqual([true, false]);
});

describe("builders", () => {
  it("leave out painted when there is nothing to say", () => {
    const frame = { run: 1, seq: 1, captured_at_ms: 1, sent_at_ms: 2, width_px: 4, height_px: 3, byte_length: 9 };
    expect(buildFrame("c", frame, {})).not.toHaveProperty("painted");
  });

  it("name a device only when one is chosen, at most 256 characters of its id and its name", () => {
    const [id, label] = ["x".repeat(300), "y".repeat(300)];
    expect(buildCommand("c", "start", 1, { device: { id, label } })).not.toHaveProperty("device");
    const chosen = buildCommand("c", "choose_device", 1, { device: { id, label } });
    expect([chosen.device?.length, chosen.label?.length]).toEqual([256, 256]);
    const nameless = buildCommand("c", "choose_device", 1, { device: { id, label: "" } });
    expect(nameless).not.toHaveProperty("label");
  });
});
