"""Write the sample PDF of the documents folder.

The text lives in this file, so that the PDF can be rebuilt at any time and comes out the same
byte for byte: the creation date is fixed, and only the built-in Latin-1 fonts are used.

Usage: python tests/tools/make_sample_pdf.py [output file]
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from fpdf import FPDF

DEFAULT_OUTPUT = Path(__file__).resolve().parents[2] / "documents" / "deep-learning-theory.pdf"
TITLE = "Why Deep Learning Works, and Where It Stops"
AUTHOR = "The project's authors"
CREATED = datetime.fromisoformat("2025-01-01T00:00:00+00:00")

# Blocks are parted by empty lines: "# " title, "## " section, "- " list item, else a paragraph.
TEXT = """\
# Why Deep Learning Works, and Where It Stops

Deep networks translate languages, label pictures and write programs, yet nobody can say in
advance how well a given network will do. This text reports how theory tries to catch up with
practice. Its guide is René Vidal, whose field is the mathematics of deep learning.

## 1. The guide

René Vidal is the Rachleff University Professor at the University of Pennsylvania. He holds joint
appointments in the Department of Radiology of the School of Medicine and in the Department of
Electrical and Systems Engineering. He is also a Penn Integrates Knowledge University Professor
and an Amazon Scholar. Before he came to Pennsylvania, he spent 20 years at Johns Hopkins
University as a professor of biomedical engineering.

At ICLR in 2023 Vidal was a senior area chair. He supervised a team of reviewers, and the
submissions assigned to his team were about the theory of deep learning.

## 2. The questions

Vidal calls deep networks black boxes: designing them is still an art, full of trial and error on
every new dataset. The mathematics of deep learning aims at theorems that guarantee their
performance. The questions fall into two groups.

- Generalisation: why does a network that was trained on one dataset work on another? How far
apart are the error on new data and the error on the training data, and can this gap be bounded in
terms of the number of training examples?

- Optimisation: the loss is minimised over billions of parameters, and for reasons of computing
time only very simple methods are affordable. Do they converge although the problem is not convex?
To what do they converge, and why do they succeed?

That the first question is a hard one was shown in 2017 by Chiyuan Zhang, Samy Bengio, Moritz
Hardt, Benjamin Recht and Oriol Vinyals. Ordinary image networks could memorise a training set
whose labels had been replaced by random ones, and so reached zero training error on pure noise.
Hence the size of a network alone cannot explain why it generalises. The work received a
best-paper award at ICLR 2017.

## 3. Double descent

The textbooks used to teach a simple trade-off. A network that is too small cannot capture the
patterns in the data. A network that is too large memorises the training set, which is an extreme
form of overfitting, and fails on new inputs. The size had to be matched to the task and to the
amount of data: as the network grows, the test error first falls and then, from some point on,
rises again.

In recent years many papers have reported something odd. If the network keeps growing, the test
error falls a second time. This is called double descent. The peak between the two descents lies
at the interpolation limit, i.e., at the size at which the network is just large enough to reach
zero training error. Beyond this limit, more parameters do not hurt; they help. Nobody knows for
certain why.

The name was coined by Mikhail Belkin, Daniel Hsu, Siyuan Ma and Soumik Mandal in an article of
2019 that tried to reconcile modern practice with the classical trade-off between bias and
variance. At ICLR 2020, Preetum Nakkiran et al. showed that double descent occurs in modern
networks as well, not only when the model grows but also when the training lasts longer. They even
found cases in which more training data made the test error worse.

## 4. Kernels, old and new

Around the year 2000, Vidal recalls, kernel methods were the usual way of learning. A kernel
method embeds the data in a space of very high dimension in which everything looks linear, so that
well-understood linear techniques can be used. The best-known example is the support vector
machine, which Corinna Cortes and Vladimir Vapnik described in 1995. The embedding, however, is
fixed in advance. Deep learning, by contrast, learns the embedding from the data, which is just
what representation learning means.

The neural tangent kernel (NTK), introduced in 2018 by Arthur Jacot, Franck Gabriel and Clément
Hongler, builds a bridge between the two worlds. Under certain conditions on the initialisation,
on the type of network and on the training, the learning of a deep network can be approximated by
a kernel method. The classical theory then explains when the network generalises.

The price is high. The NTK regime assumes networks of infinite width, or initialisations after
which the weights hardly move during training. Vidal regards this setting as very unrealistic: if
the weights do not change, the network does not learn much. The present trend is therefore to
leave these assumptions behind.

## 5. Three assumptions to drop

Vidal took part in this work himself, in a paper with members of his former group at Johns Hopkins
University. It was accepted at AISTATS, the conference on artificial intelligence and statistics.
The paper relaxes three assumptions:

- Width: the theorems hold for networks of finite rather than infinite width.

- Step size: they cover methods of the gradient-descent kind with steps of finite size, whereas
many earlier theorems needed infinitesimally small steps.

- Initialisation: the weights may start from a much more general state.

## 6. Old and new theory compared

The classical view and the modern view differ on nearly every point. The classical view holds that
the best model has a medium size; the modern view finds the lowest test error far beyond the
interpolation limit. The classical view treats zero training error as a warning; the modern view
treats it as the normal state of a large network. Kernel methods have a fixed embedding and a
convex problem with one solution, whereas deep networks have a learned embedding and a non-convex
problem with many solutions. The NTK stands in between: it is a kernel method that describes a
deep network, but only a very wide one.

## 7. Where learned representations stop

When ICLR began, it was a place for alternatives to fixed representations such as kernels. Today
learned representations rule the whole field. Vidal, however, has seen their limits in medicine.
Where data or labels are scarce, knowledge of the domain remains essential. A medical study may
include only 100 patients, and the data of patients cannot simply be put on a website for everyone
to annotate.

His example is a blood test that sorts white blood cells into several kinds. No pathologist will
label millions of cells one by one. What the team had was merely the result of each test, i.e.,
the concentration of every kind of cell in a sample, which is a very weak label. The way out came
from the laboratory. By adding chemicals and using a centrifuge, the experts can purify a sample
until it contains cells of a single type. All cells in it then share one label, and no one had to
look at them individually.

## 8. How the labels were obtained, step by step

- Step 1: draw a blood sample that contains several kinds of white blood cells.

- Step 2: treat it with chemicals that remove all kinds but one.

- Step 3: separate the remaining cells in a centrifuge.

- Step 4: record the purified cells and give all of them the same label.

- Step 5: train a classifier on the purified samples.

Vidal draws a general lesson from this. A team that consists of data scientists only tends to call
for a bigger network and for more data. People who have to solve a real problem must think
backwards from the customer, and the answer is not always more data or more annotations.

## 9. Further reading

- Zhang et al. (2017), Understanding deep learning requires rethinking generalization.

- Jacot et al. (2018), Neural tangent kernel: convergence and generalization.

- Belkin et al. (2019), Reconciling modern machine-learning practice and the classical
bias-variance trade-off.

- Nakkiran et al. (2020), Deep double descent.
"""


class SamplePdf(FPDF):
    """An A4 document with a page number at the foot of each page."""

    def footer(self) -> None:
        """Write the page number."""
        self.set_y(-15)
        self.set_font("Times", size=9)
        self.cell(0, 10, f"Page {self.page_no()}", align="C")


def write_heading(pdf: SamplePdf, title: str, level: int) -> None:
    """Write a heading and enter it in the outline; a section never starts at a page's foot."""
    if level and pdf.will_page_break(30):
        pdf.add_page()
    pdf.ln(2 * level)
    pdf.start_section(title, level=level)
    pdf.set_font("Helvetica", style="B", size=13 if level else 18)
    pdf.multi_cell(0, 7 if level else 9, title, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1 if level else 4)


def build_pdf() -> bytes:
    """Return the whole document as bytes."""
    pdf = SamplePdf(orientation="portrait", unit="mm", format="A4")
    pdf.set_creation_date(CREATED)
    pdf.set_title(TITLE)
    pdf.set_author(AUTHOR)
    pdf.set_lang("en")
    pdf.set_margins(25, 22, 25)
    pdf.set_auto_page_break(auto=True, margin=22)
    pdf.add_page()
    for block in TEXT.strip().split("\n\n"):
        line = " ".join(block.split())
        if line.startswith("# "):
            write_heading(pdf, line[2:], level=0)
        elif line.startswith("## "):
            write_heading(pdf, line[3:], level=1)
        else:
            pdf.set_font("Times", size=11.5)
            pdf.multi_cell(0, 5.8, line, align="L", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(2)
    return bytes(pdf.output())


def main(arguments: list[str]) -> int:
    """Write the PDF to the given path, or to the documents folder."""
    output = Path(arguments[0]) if arguments else DEFAULT_OUTPUT
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(build_pdf())
    print(f"wrote {output} ({output.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
