"""Measurements against named peers. Each module is a command and prints its own figures.

``python -m benchmarks.crash_ingest``  random ``kill -9`` of an ingest, beside plain Chroma
``python -m benchmarks.ingest_speed``  throughput beside LlamaIndex's stock recipe, and re-syncs
``python -m benchmarks.cold_start``    start-up times of the command line
"""
