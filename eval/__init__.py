"""The evaluation: questions with known answers in, a verdict one can trust out.

    questions   the question file, checked at the door   lint       what keeps it true
    text        one normal form for facts and numbers    spans      quotes → places in documents
    metrics/    pure measures of answers                 scoring    one answer → one ``Result``
    summary     results → figures                        baselines  the trivial rivals, on bm25
    importing/  questions of other tools             labels     what looks mislabelled
    hardness    words shared with the evidence       limits     time and money of a run
    statistics  tests and intervals                      power      what a question set can see
    compare     two runs, paired by question             gate       a comparison → an exit code
    runs        a run's folder, survives a cut-off       runner     asks the questions
    report/     HTML, Markdown, JUnit, terminal          beir       public retrieval sets
    cli         the commands of ``python -m eval``

It enters only through ``assistant``'s public names: what it measures is what a user gets.
"""
