"""Whatever is wrong: a clear error with file, line and remedy, the right exit code, old artifacts whole."""
import resource
import subprocess
import unittest

from project import BINARY, MODEL, ProjectCase


class BadInput(ProjectCase):
    def test_project_without_a_declaration(self):
        self.expect(self.build(), 1, "PIPE0820", ".pipe")

    def test_lost_quote_names_its_line_and_spares_the_other_blocks(self):
        self.write("models.pipe", "model gold.a {\n  view\n  as select 'lost as x\n}\n\nmodel gold.b {\n  view\n"
                                  "  as select nothing from gold.a\n}\n" + MODEL)
        text = self.expect(self.build(), 1, "models.pipe:3:")
        self.assertEqual(text.count("error["), 1, text)

    def test_lost_brace(self):
        self.write("models.pipe", "model gold.a {\n  view\n  as select 1 as x\n\n" + MODEL)
        text = self.expect(self.build(), 1, "models.pipe:")
        self.assertEqual(text.count("error["), 1, text)

    def test_cycle(self):
        self.write("models.pipe", "model g.a { view as select id from g.b }\nmodel g.b { view as select id from g.c }\n"
                                  "model g.c { view as select id from g.a }\n")
        text = self.expect(self.build(), 1, "PIPE0210", "`g.a`", "`g.b`", "`g.c`")
        self.assertEqual(text.count("error["), 1, text)

    def test_long_operator_chain(self):
        self.write("models.pipe", "model g.a { view as select " + " + ".join(["1"] * 20000) + " as x }\n")
        result = self.build()
        self.assertIn(result.returncode, (0, 1))


class Output(ProjectCase):
    def setUp(self):
        super().setUp()
        self.write("models.pipe", MODEL)
        self.expect(self.build(), 0)
        self.before = self.files()

    def test_errors_write_nothing(self):
        self.write("models.pipe", MODEL + "model g.b { view as select nope from gold.numbers }\n")
        self.expect(self.build(), 1)
        self.assertEqual(self.files(), self.before)

    def test_full_folder(self):
        self.write("models.pipe", MODEL.replace("'one'", "'" + "x" * 20000 + "'"))
        result = self.build(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)))
        self.expect(result, 74, "PIPE0852")
        self.assertEqual(self.files(), self.before)
        self.expect(self.build(), 0)

    def test_check_tells_what_is_stale(self):
        self.expect(self.build("--check"), 0)
        self.write("models.pipe", MODEL.replace("'one'", "'two'"))
        self.expect(self.build("--check"), 1, "changed")
        self.assertEqual(self.files(), self.before)

    def test_two_builds_at_once(self):
        command = [BINARY, "build", str(self.project), "--out", str(self.root / "dist")]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
        codes = [(p.communicate(timeout=60), p.returncode)[1] for p in running]
        self.assertTrue(all(code in (0, 74) for code in codes), codes)
        self.assertEqual(self.files(), self.before)


if __name__ == "__main__":
    unittest.main()
