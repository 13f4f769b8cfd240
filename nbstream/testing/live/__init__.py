"""A notebook in a real JupyterLab and a real Chromium, with a camera and a microphone that the browser plays."""
