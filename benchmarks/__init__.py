"""Measurements against named peers. Each module is a command and prints its own figures.

``python -m benchmarks.crash_ingest``  random ``kill -9`` of an ingest, beside plain Chroma
``python -m benchmarks.ingest_speed``  throughput beside LlamaIndex's stock recipe, and re-syncs
``python -m benchmarks.cold_start``    start-up times of the command line
``python -m benchmarks.model_faults``  a failing model or embedding server: rows 8 to 11, 16, 21
``python -m benchmarks.first_token``   time to the first word beside the bare SDK; 100 streams
"""
