"""The evaluation: questions with known answers in, a verdict one can trust out.

    questions   the question file, checked at the door          lint      what keeps it true
    text        one normal form for facts, numbers, F1          spans     quotes → places in documents
    metrics/    pure measures of one answer or of many          scoring   one answer → one ``Result``
    summary     results → figures                               bm25, baselines   the trivial rivals
    statistics  tests and intervals                             power     what a set can see
    compare     two runs, paired question by question           gate      the comparison → exit code
    runs        a run's folder, which survives a cut-off        runner    asks the questions
    report/     HTML, Markdown, JUnit, terminal                 beir      public retrieval sets
    cli         the commands of ``python -m eval``

It enters only through ``assistant``'s public names: what it measures is what a user gets.
"""
