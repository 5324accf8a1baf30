"""The stream: raw topics in; clean topics, quarantine and audit out. Faust runs it, on Kafka."""
