"""`python -m autodiff_core explain`: what it says of scripts that are broken, each in a way of its own.

A script in tests/explained says itself what must be said of it: the phrases behind `# says:`, and, where a line ends
with `# here`, that line.
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autodiff_core.__main__ import main

SCRIPTS = sorted((Path(__file__).parent / "explained").glob("*.py"))


def explained(script, *arguments, options=()):
    command = [sys.executable, "-m", "autodiff_core", "explain", *map(str, options), str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def report(done):
    return done.stdout.partition("\n--- ")[2] or done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_broken_script_is_explained(script):
    text = script.read_text()
    done = explained(script)
    said = report(done)
    assert done.returncode == ("TypeError" in text), done.stderr
    for phrase in re.findall(r"# says: (.*)", text):
        assert phrase in said
    for number, line in enumerate(text.splitlines(), 1):
        if line.endswith("# here"):
            assert f"{script}:{number}" in said or f'"{script}", line {number}' in said
    if "None" in text.partition('"""')[2].partition('"""')[0] or script.stem == "unwatched":
        assert "Gradients that are None" in said
    assert "Traceback" not in done.stderr


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.sources = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br", "img", "link"):
            self.open.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_page_has_what_the_text_has_and_needs_nothing_else(tmp_path):
    script = tmp_path / "a <b> & c.py"
    script.write_text((Path(__file__).parent / "explained" / "nan_log.py").read_text())
    done = explained(script, options=["--html", tmp_path / "report.html"])
    assert done.returncode == 0
    parser = Page()
    parser.feed((tmp_path / "report.html").read_text())
    assert parser.open == []
    text = "".join(parser.text)
    assert str(script) in text
    for line in report(done).splitlines()[1:-2]:
        assert line.strip() in text
    assert [source for source in parser.sources if not source.startswith("#")] == []
    assert "<svg" in (tmp_path / "report.html").read_text()
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", (tmp_path / "report.html").read_text())


def test_script_finds_what_it_would_find_without(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, helper\n"
        "if __name__ == '__main__':\n"
        "    print(sys.argv[1:], helper.name, sys.argv[0] == __file__)\n"
    )
    (tmp_path / "helper.py").write_text("name = 'beside it'\n")
    done = explained(script, "--html", "x", "-v")
    assert done.stdout.startswith("['--html', 'x', '-v'] beside it True\n")
    assert "It asked no tape for a gradient, and called no recorded function." in done.stdout


@pytest.mark.parametrize(("code", "expected"), [("3", 3), ("None", 0), ("'no luck'", 1)])
def test_exit_code_is_the_scripts(tmp_path, code, expected):
    script = tmp_path / "script.py"
    script.write_text(f"import sys\nsys.exit({code})\n")
    done = explained(script)
    assert done.returncode == expected
    assert ("no luck" in done.stderr) == (code == "'no luck'")


def test_script_that_cannot_be_read_as_python_is_told(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("x = (\n")
    done = explained(script)
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout


def test_interrupted_script_has_a_report(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import autodiff_core as tf\ntf.function(lambda x: x)(1.0)\nraise KeyboardInterrupt\n")
    done = explained(script)
    assert done.returncode == 130
    assert "it was interrupted" in done.stdout
    assert "recorded 1 time" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "nowhere.py"], "explain: there is no script 'nowhere.py'"),
        (["explain", "--html", "no/where.html", __file__], "explain: there is no folder 'no' for the report"),
        (["explain"], "the following arguments are required: script"),
        ([], "required"),
    ],
)
def test_what_cannot_be_explained_is_refused_before_anything_runs(arguments, message, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert message in capsys.readouterr().err


def test_results_of_a_script_are_those_without(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import autodiff_core as tf\n"
        "x = tf.Variable([1.0, 2.0])\n"
        "@tf.function\n"
        "def step():\n"
        "    with tf.GradientTape() as tape:\n"
        "        loss = tf.reduce_sum(tf.sin(x) * x)\n"
        "    x.assign_sub(0.1 * tape.gradient(loss, x))\n"
        "    return loss\n"
        "for _ in range(5):\n"
        "    with tf.GradientTape(persistent=True) as outer:\n"
        "        with tf.GradientTape() as tape:\n"
        "            y = tf.reduce_sum(x**3)\n"
        "        g = tape.gradient(y, x)\n"
        "    print(float(step()).hex(), outer.gradient(g, x))\n"
        "try:\n"
        "    tape.gradient(y, x)\n"
        "except RuntimeError as error:\n"
        "    print(error)\n"
    )
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    done = explained(script)
    assert done.stdout.startswith(plain.stdout)
    assert "opened at" in report(done)
