"""Whatever is wrong: a clear error with file, line and remedy, the right exit code, old artifacts whole."""
import os
import resource
import shutil
import subprocess
import unittest

from project import BINARY, CONFIG, MODEL, SOURCE, ProjectCase


class BadInput(ProjectCase):
    def test_missing_project(self):
        self.expect(self.run_pipec("build", self.root / "nowhere"), 74, "PIPE0801")

    def test_project_without_a_declaration(self):
        self.expect(self.build(), 1, "PIPE0820", ".pipe")

    def test_a_file_that_cannot_be_read(self):
        self.write("good.pipe", MODEL)
        os.symlink(self.root / "gone", self.project / "bad.pipe")
        self.expect(self.build(), 74, "PIPE0802", "bad.pipe")

    def test_binary_file(self):
        self.write("good.pipe", MODEL)
        self.write("bad.pipe", b"model x.y {\xff\xfe\x00}\n")
        self.expect(self.build(), 1, "bad.pipe:1:", "error[PIPE01")

    def test_half_a_block(self):
        self.write("models.pipe", "model gold.half {\n  full\n  as select 1 as\n")
        self.expect(self.build(), 1, "models.pipe:", "error[PIPE01")

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

    def test_deep_nesting(self):
        self.write("models.pipe", "model g.a { view as select " + "(" * 50000 + "1" + ")" * 50000 + " as x }\n")
        text = self.expect(self.build(), 1, "models.pipe:1:", "200")
        self.assertLess(len(text), 4000)

    def test_long_operator_chain(self):
        self.write("models.pipe", "model g.a { view as select " + " + ".join(["1"] * 20000) + " as x }\n")
        result = self.build()
        self.assertIn(result.returncode, (0, 1))

    def test_literal_credential_is_not_echoed(self):
        self.write("models.pipe", MODEL)
        self.write("pipec.yaml", CONFIG + "connections:\n  db: { host: h, password: hunter2hunter2 }\n")
        text = self.expect(self.build(), 1, "PIPE0809", "pipec.yaml:8:")
        self.assertNotIn("hunter2", text)

    def test_all_errors_of_all_files_in_one_run(self):
        self.write("a.pipe", "model g.a { view as select nope from g.z }\n")
        self.write("b.pipe", "modle g.b { view as select 1 as x }\n")
        self.write("c.pipe", "model g.c { view as select x, y from g.d }\nmodel g.d { view as select 1 as x }\n")
        self.expect(self.build(), 1, "a.pipe", "b.pipe", "c.pipe")


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

    def test_unwritable_folder(self):
        blocked = self.root / "file"
        blocked.write_text("not a folder")
        self.expect(self.run_pipec("build", self.project, "--out", blocked / "dist"), 74, "PIPE0852")

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

    def test_foreign_file_is_not_touched(self):
        shutil.rmtree(self.root / "dist")
        target = self.root / "dist" / "prod" / "index.json"
        target.parent.mkdir(parents=True)
        target.write_text("mine")
        self.expect(self.build(), 1, "PIPE0850", "index.json")
        self.assertEqual(target.read_text(), "mine")


class HostileNames(ProjectCase):
    NAMES = ["it's", 'say "x"', "{{ jinja }}", "$dollar", "back\\slash", "größe", "表", "a%b", "n" * 120]

    def test_they_come_out_whole_or_are_refused(self):
        for name in self.NAMES:
            with self.subTest(name=name):
                quoted = "`" + name.replace("`", "``") + "`"
                text = f"/// It's \"described\" {{{{ so }}}} $x %s.\nmodel gold.{quoted} {{ full as select 1 as {quoted} }}\n"
                self.write("models.pipe", text)
                result = self.build()
                self.assertIn(result.returncode, (0, 1), result.stderr.decode())
                if result.returncode == 1:
                    self.assertIn("models.pipe:", result.stderr.decode())

    def test_a_name_of_300_characters(self):
        self.write("models.pipe", "model gold." + "n" * 300 + " { full as select 1 as id }\n")
        result = self.build()
        self.assertIn(result.returncode, (0, 1), result.stderr.decode())

    def test_newline_in_a_name(self):
        self.write("models.pipe", "model gold.`a\nb` { full as select 1 as id }\n")
        self.expect(self.build(), 1, "models.pipe:1:")


class Commands(ProjectCase):
    def test_explain(self):
        self.expect(self.run_pipec("explain", "PIPE0210"), 0, "# PIPE0210", "```pipe")
        self.expect(self.run_pipec("explain", "PIPE9999"), 64)

    def test_wrong_use(self):
        self.assertEqual(self.run_pipec("bild").returncode, 64)
        self.assertEqual(self.run_pipec("build", "--nonsense").returncode, 64)

    def test_lineage(self):
        result = self.run_pipec("lineage", SOURCE / "specs" / "first", "gold.customer_value.spent")
        self.expect(result, 0, "bronze.orders.amount", "shop.public.orders.amount", "customer_value.spent")

    def test_check_as_json(self):
        self.write("models.pipe", "model g.b { view as select nope from gold.numbers }\n" + MODEL)
        result = self.run_pipec("check", self.project, "--format", "json")
        self.assertEqual(result.returncode, 1)
        import json
        found = json.loads(result.stdout)
        self.assertEqual([d["code"] for d in found["diagnostics"]], ["PIPE0301"])


if __name__ == "__main__":
    unittest.main()
