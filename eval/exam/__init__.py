"""An exam from one's own documents: questions with known answers, made by rules, rated by item
response theory (after Guinet et al. 2024, "Automated evaluation of retrieval-augmented language
models with task-specific exam generation"). English texts only."""
