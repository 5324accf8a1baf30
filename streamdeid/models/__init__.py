"""Models on disk: found, checked, loaded and run. The only place that knows of ONNX files and tokenizers."""
