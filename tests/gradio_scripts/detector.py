import gradio as gr


def detect(frame, least_score):
    """Find bright and dark pictures, in place of a model."""
    brightness = float(frame.mean()) / 255
    scores = {"bright": round(brightness, 2), "dark": round(1 - brightness, 2)}
    found = [name for name, score in scores.items() if score >= least_score]
    marked = frame.copy()
    marked[:8, :, :] = (0, 255, 0) if found else (255, 0, 0)
    return marked, scores, gr.update(value=", ".join(found) or "nothing")


with gr.Blocks() as demo:
    gr.HTML("<h2>Detector</h2>")
    with gr.Row():
        camera = gr.Image(sources="webcam", label="Camera")
        with gr.Column():
            result = gr.Image(label="Found")
            scores = gr.Label(num_top_classes=2, label="Scores")
            names = gr.Textbox(label="Names")
    least_score = gr.Slider(minimum=0.0, maximum=1.0, step=0.05, value=0.3, label="Confidence")
    camera.stream(
        detect,
        inputs=[camera, least_score],
        outputs=[result, scores, names],
        stream_every=0.1,
        time_limit=30,
    )

if __name__ == "__main__":
    demo.launch()
