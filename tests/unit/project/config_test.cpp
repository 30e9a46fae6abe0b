#include "project/config.h"

#include <catch2/catch.hpp>

#include "diagnostics/render.h"

using namespace pipec;
using namespace pipec::project;

namespace {

constexpr std::string_view kGood = R"(# a project
name: first
language: 1
vars: { catalog: main }
defaults: { owner: data@shop.example, require: [owner] }
connections:
  shop_db:
    host: "db.${var.catalog}.example"
    port: 5432
    password: { kafka_connect: "file:/run/secrets/shop.properties#password" }
targets:
  prod:
    warehouse: { engine: databricks, catalog: "${var.catalog}" }
    backends: { kafka_connect: { host: self_hosted }, dagster: }
  dev: { like: prod, warehouse: { schema_prefix: "${var.user}_" } }
)";

std::string codes(const Sink& sink) {
  std::string result;
  for (const Diagnostic& d : sink.diagnostics())
    result += (result.empty() ? "" : " ") + std::string(d.kind->code.substr(4));
  return result;
}

// What the words under the first diagnostic are.
std::string blamed(const Sink& sink, std::string_view text) {
  if (sink.diagnostics().empty()) return "";
  Span span = sink.diagnostics()[0].place.span;
  return std::string(text.substr(span.begin, span.end - span.begin));
}

std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void expect(const std::string& text, const std::string& code, const std::string& words) {
  Sink sink;
  CAPTURE(text);
  CHECK_FALSE(parse_config(text, sink).ok);
  CHECK(codes(sink) == code);
  CHECK(blamed(sink, text) == words);
}

}  // namespace

TEST_CASE("a good pipec.yaml", "[config]") {
  Sink sink;
  LoadedConfig loaded = parse_config(kGood, sink);
  CHECK(codes(sink) == "");
  REQUIRE(loaded.ok);
  const Config& config = loaded.config;
  CHECK(config.name.value == "first");
  CHECK(config.owner->value == "data@shop.example");
  CHECK(config.require_owner);
  CHECK_FALSE(config.require_description);
  CHECK(config.targets.size() == 2);
  const Text& port = *config.connections.at("shop_db").fields.at("port").plain;
  CHECK(kGood.substr(port.span.begin, port.span.end - port.span.begin) == "5432");
  CHECK(loaded.shown_text == kGood);

  Selection prod = select_target(config, "", {}, sink);
  REQUIRE(prod.ok);
  CHECK(prod.target.of_warehouse("catalog") == "main");
  CHECK(prod.connections.at("shop_db").fields.at("host").plain->value == "db.main.example");
  CHECK(prod.target.backends.at("dagster").options.empty());

  Selection dev = select_target(config, "dev", {{"user", "ann"}, {"catalog", "other"}}, sink);
  REQUIRE(dev.ok);
  CHECK(dev.target.of_warehouse("catalog") == "other");
  CHECK(dev.target.of_warehouse("schema_prefix") == "ann_");
  CHECK(dev.target.of_warehouse("landing") == "");
  CHECK(dev.target.backends.at("kafka_connect").options.at("host").value.value == "self_hosted");
}

TEST_CASE("every mistake is pointed at", "[config]") {
  expect(with("name: first\n", ""), "0806", "");
  expect(with("language: 1", "language: 2"), "0807", "2");
  expect(with("connections:", "conections:"), "0805", "conections");
  expect(with("owner: data", "ownr: data"), "0805", "ownr");
  expect(with("[owner]", "[owners]"), "0807", "owners");
  expect(with("[owner]", "owner"), "0807", "owner");
  expect(with("engine: databricks", "engine: oracle"), "0807", "oracle");
  expect(with("engine: databricks", "engin: databricks"), "0805", "engin");
  expect(with("engine: databricks", "engine: databricks, landing: \"file:/a*\""), "0807", "\"file:/a*\"");
  expect(with("name: first", "name: \"a \\\"b\\\" {{c}}\""), "0808", "\"a \\\"b\\\" {{c}}\"");
  expect(with("name: first", "name: " + std::string(300, 'x')), "0808", std::string(300, 'x'));
  expect(with("shop_db:", "Shop$DB:"), "0808", "Shop$DB");
  expect(with("port: 5432", "port:"), "0807", "port");
  expect(with("port: 5432", "port: [1]"), "0807", "[");
  expect(with("port: 5432", "port: 5432\n    port: 5433"), "0804", "port");
  expect(with("port: 5432", "port: env:PORT"), "0810", "env:PORT");
  expect(with("file:/run/secrets/shop.properties#password", "file:relative#x"), "0810", "password");
  expect(with("file:/run/secrets/shop.properties#password", "env:A B"), "0810", "password");
  expect(with("targets:", "targets: none\nx:"), "0807 0805", "none");
}

TEST_CASE("what is no YAML of ours", "[config]") {
  expect("name: \"x", "0803", "");
  expect("a: {", "0803", "");
  expect("a: b: c", "0803", "");
  expect("x: &a 1\ny: *a", "0803", "");
  expect("x: !!python/object:os.system 1", "0803", "");
  expect(with("# a project", "---\na: 1\n---"), "0803", "");
  expect("\xFF\xFE", "0803", "");
  expect(std::string("name: x\0", 8), "0803", "");
  expect("? [1, 2]\n: 3", "0803", "");
  expect(std::string(20000, '['), "0803", "");
  expect(std::string(20000, '{'), "0803", "");
  expect("- 1", "0807", "-");
  expect("", "0806 0806 0806", "");
  expect("just words", "0807", "just words");
}

TEST_CASE("offsets count from the begin of the file", "[config]") {
  Sink sink;
  std::string text = "\xEF\xBB\xBF# \xC3\xA9\xE6\xBC\xA2\r\n\r\nname: first\r\nlanguage: 7\r\ntargets: {}\r\n";
  parse_config(text, sink);
  CHECK(codes(sink) == "0807");
  CHECK(blamed(sink, text) == "7");
}

TEST_CASE("secrets are never echoed", "[config]") {
  const std::string secret = "hunter2-S3cret";
  std::vector<std::string> texts = {
      with("{ kafka_connect: \"file:/run/secrets/shop.properties#password\" }", secret),
      with("file:/run/secrets/shop.properties#password", secret),
      with("port: 5432", "api_token: '" + secret + "'"),
      with("port: 5432", "privateKey: |\n      -----BEGIN\n      " + secret + "\n      -----END\n    port: 1"),
      with("port: 5432", "privateKey: begin\n      " + secret + "\n      end\n    port: 1"),
      with("port: 5432", "url: postgres://app:" + secret + "@db/x"),
      with("port: 5432", "url: \"host=x;Password=" + secret + "\""),
      with("{ catalog: main }", "{ db_password: " + secret + " }"),
      with("connections:", "conections: { x: { password: " + secret + " } }\nconnections:"),
      with("port: 5432", "password: " + secret + "\n    password: " + secret),
      with("port: 5432", "password: \"" + secret),
      with("port: 5432", "x: { user: a, password: " + secret),
      with("port: 5432", "secret: env:" + secret + " x"),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    Sink sink;
    LoadedConfig loaded = parse_config(text, sink);
    CHECK_FALSE(loaded.ok);
    CHECK(loaded.shown_text.size() == text.size());
    SourceTexts shown{{std::string(kConfigFile), loaded.shown_text}};
    std::string rendered =
        render_text(sink.diagnostics(), shown) + render_json(sink.diagnostics(), shown) + loaded.shown_text;
    CHECK(rendered.find(secret) == std::string::npos);
    CHECK(rendered.find("S3cret") == std::string::npos);
  }
  Sink sink;
  parse_config(texts[0], sink);
  CHECK(codes(sink) == "0809");
  CHECK(blamed(sink, texts[0]) == "password");
}

TEST_CASE("variables", "[config]") {
  Sink sink;
  Config config = parse_config(kGood, sink).config;
  CHECK_FALSE(select_target(config, "dev", {}, sink).ok);
  CHECK(codes(sink) == "0811");
  CHECK(blamed(sink, kGood) == "\"${var.user}_\"");

  Sink unused;
  CHECK_FALSE(select_target(config, "", {{"catalgo", "x"}}, unused).ok);
  CHECK(codes(unused) == "0812");
  CHECK(unused.diagnostics()[0].help == "did you mean `catalog`?");

  for (const char* value : {"${env.HOME}", "${var.catalog", "${}", "${var.a}}"}) {
    Sink bad;
    std::string text = with("db.${var.catalog}.example", value);
    CAPTURE(value);
    CHECK_FALSE(select_target(parse_config(text, bad).config, "", {}, bad).ok);
  }
  // A value is text: what looks like a variable in it is not replaced again.
  Sink again;
  Selection selection = select_target(config, "", {{"catalog", "${var.catalog}"}}, again);
  CHECK(selection.target.of_warehouse("catalog") == "${var.catalog}");
}

TEST_CASE("targets", "[config]") {
  Sink sink;
  Config config = parse_config(kGood, sink).config;
  CHECK_FALSE(select_target(config, "prd", {}, sink).ok);
  CHECK(codes(sink) == "0813");
  CHECK(sink.diagnostics()[0].help == "did you mean `prod`?");

  Sink cycle;
  config = parse_config(with("prod:\n", "prod:\n    like: dev\n"), cycle).config;
  CHECK_FALSE(select_target(config, "", {}, cycle).ok);
  CHECK(codes(cycle).substr(0, 4) == "0814");

  Sink none;
  config = parse_config(with("like: prod", "like: prdo"), none).config;
  CHECK_FALSE(select_target(config, "dev", {{"user", "x"}}, none).ok);
  CHECK(codes(none) == "0813 0806");

  Sink engine;
  config = parse_config(with("engine: databricks", "engine: \"${var.catalog}\""), engine).config;
  CHECK_FALSE(select_target(config, "", {}, engine).ok);
  CHECK(codes(engine) == "0807");

  Sink landing;
  config =
      parse_config(with("engine: databricks", "engine: databricks, landing: \"file:/${var.catalog}\""), landing).config;
  CHECK_FALSE(select_target(config, "", {{"catalog", "{a,b}"}}, landing).ok);
  CHECK(codes(landing) == "0807");
}

TEST_CASE("backends and options are known", "[config]") {
  std::vector<KnownBackend> known = {{"kafka_connect", {{"host", {"self_hosted", "cloud"}}, {"workers", {}}}},
                                     {"dagster", {}}};
  auto check = [&](const std::string& text) {
    Sink sink;
    Selection selection = select_target(parse_config(text, sink).config, "", {}, sink);
    check_backends(selection, known, sink);
    return codes(sink) + " " + blamed(sink, text);
  };
  CHECK(check(std::string(kGood)) == " ");
  CHECK(check(with("dagster:", "dagstre:")) == "0815 dagstre");
  CHECK(check(with("{ kafka_connect: \"file", "{ kafka: \"file")) == "0815 kafka");
  CHECK(check(with("host: self_hosted", "hots: self_hosted")) == "0816 hots");
  CHECK(check(with("host: self_hosted", "host: selfhosted")) == "0816 selfhosted");
}

TEST_CASE("a missing or unreadable pipec.yaml", "[config]") {
  Sink missing, gone;
  MemoryVfs empty;
  CHECK_FALSE(load_config(empty, missing).ok);
  CHECK(codes(missing) == "0801");
  CHECK_FALSE(load_config(*disk_vfs("/nowhere/at/all"), gone).ok);
  CHECK(codes(gone) == "0801");
  CHECK(gone.diagnostics()[0].message.find("No such file") != std::string::npos);
}
