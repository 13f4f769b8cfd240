/** Whether a person can see the document: a browser tab in the background shows nothing and has no animation frames. */

export interface Visibility {
  isHidden(): boolean;
  /** Returns what ends that. */
  onChange(callback: () => void): () => void;
}

export const documentVisibility: Visibility = {
  isHidden: () => document.hidden,
  onChange(callback) {
    document.addEventListener("visibilitychange", callback);
    return () => document.removeEventListener("visibilitychange", callback);
  },
};
