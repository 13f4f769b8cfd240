import gradio as gr

with gr.Blocks() as demo:
    with gr.Row():
        with gr.Column():
            camera = gr.Image(label="Camera", sources="webcam")
        with gr.Column():
            result = gr.Image(label="Result")
    camera.stream(lambda frame: frame, camera, result, stream_every=0.1, concurrency_limit=30)

if __name__ == "__main__":
    demo.launch()
