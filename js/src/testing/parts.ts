import compare from "../entries/parts/compare";
import panels from "../entries/parts/panels";
import synthetic from "../entries/parts/synthetic";
import video from "../entries/parts/video";
import type { ImportCode } from "../page/parts";
import type { PartName } from "../protocol/part";

const MODULES: Record<PartName, unknown> = { compare, panels, synthetic, video };

/** A part as a fake kernel sends it: its name stands for the text of the module. */
export function codeOf(part: PartName): DataView {
  return new DataView(new TextEncoder().encode(part).buffer);
}

export const importPart: ImportCode = async (code) => {
  const name = new TextDecoder().decode(code as DataView) as PartName;
  return { default: MODULES[name] };
};
