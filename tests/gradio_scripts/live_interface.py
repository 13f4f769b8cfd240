import gradio as gr
import numpy as np


def mix(frame, share):
    return (frame * (1 - share) + np.flipud(frame) * share).astype(np.uint8)


demo = gr.Interface(
    mix,
    [gr.Image(sources=["webcam"], streaming=True), gr.Slider(0, 1, value=0)],
    gr.Image(),
    live=True,
    title="Mixed",
    stream_every=0.1,
)

if __name__ == "__main__":
    demo.launch()
