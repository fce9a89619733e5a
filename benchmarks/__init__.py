"""Measurements, many beside named peers. Each module is a command and prints its own figures.

The index and its ingest:

``python -m benchmarks.crash_ingest``  random ``kill -9`` of an ingest, beside plain Chroma
``python -m benchmarks.ingest_speed``  throughput beside LlamaIndex's stock recipe, and re-syncs
``python -m benchmarks.cold_start``    start-up times of the command line
``python -m benchmarks.formats``       real files of every kind: outcomes and phrases
``python -m benchmarks.readers``       the same files and made ones, beside four readers of others
``python -m benchmarks.parsing_limits`` bombs and broken files in the limited readers

Answers and verdicts:

``python -m benchmarks.span_answers``  long questions: does the answer stand on the evidence?
``python -m benchmarks.verdicts``      the verdict beside people's judgement
``python -m benchmarks.injections``    instructions hidden in e-mails, and a model that obeys
``python -m benchmarks.citation_cases`` generated texts full of markers and links
``python -m benchmarks.model_faults``  a failing model or embedding server: rows 8 to 11, 16, 21
``python -m benchmarks.first_token``   time to the first word beside the bare SDK; 100 streams

What the fitted files come from: ``fit_extraction``, ``fit_confidence``, ``fit_verification``.
"""
