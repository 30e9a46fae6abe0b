#include "artifact/document.h"

#include <yaml-cpp/yaml.h>

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "hostile.h"

using namespace pipec;
using Json = nlohmann::ordered_json;

namespace {

Value random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 8 : 6)) {
    case 0:
      return {};
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<int64_t>((static_cast<uint64_t>(random()) << 32) | random());
    case 3:
      return std::ldexp(static_cast<double>(static_cast<int32_t>(random())), static_cast<int>(random() % 200) - 100);
    case 4:
    case 5:
      return random_text(random);
    case 6: {
      Value array = Value::array();
      for (size_t i = random() % 4; i > 0; --i) array.push(random_value(random, depth - 1));
      return array;
    }
    default: {
      Value object = Value::object();
      for (size_t i = random() % 4; i > 0; --i) object.set(random_text(random), random_value(random, depth - 1));
      return object;
    }
  }
}

bool same(const Value& value, const Json& json) {
  if (value.members()) {
    if (!json.is_object() || json.size() != value.members()->size()) return false;
    auto at = json.begin();
    for (const auto& [key, member] : *value.members()) {
      if (at.key() != key || !same(member, at.value())) return false;
      ++at;
    }
    return true;
  }
  if (value.items()) {
    if (!json.is_array() || json.size() != value.items()->size()) return false;
    for (size_t i = 0; i < json.size(); ++i) {
      if (!same((*value.items())[i], json[i])) return false;
    }
    return true;
  }
  if (value.text()) return json.is_string() && json.get<std::string>() == *value.text();
  if (value.integer()) return json.is_number_integer() && json.get<int64_t>() == *value.integer();
  if (auto* flag = std::get_if<bool>(&value.data())) return json.is_boolean() && json.get<bool>() == *flag;
  if (auto* number = std::get_if<double>(&value.data())) return json.is_number_float() && json.get<double>() == *number;
  return json.is_null();
}

// A plain scalar that a reader of YAML 1.1 could take for text or for another kind of number fails here too.
bool same(const Value& value, const YAML::Node& yaml) {
  if (value.members()) {
    if (!yaml.IsMap() || yaml.size() != value.members()->size()) return false;
    auto at = yaml.begin();
    for (const auto& [key, member] : *value.members()) {
      if (at->first.Scalar() != key || !same(member, at->second)) return false;
      ++at;
    }
    return true;
  }
  if (value.items()) {
    if (!yaml.IsSequence() || yaml.size() != value.items()->size()) return false;
    for (size_t i = 0; i < yaml.size(); ++i) {
      if (!same((*value.items())[i], yaml[i])) return false;
    }
    return true;
  }
  bool quoted = yaml.Tag() == "!";
  if (value.text()) return yaml.IsScalar() && quoted && yaml.Scalar() == *value.text();
  if (value.integer()) return !quoted && yaml.Scalar() == std::to_string(*value.integer());
  if (auto* flag = std::get_if<bool>(&value.data())) return !quoted && yaml.as<bool>() == *flag;
  if (auto* number = std::get_if<double>(&value.data())) {
    return !quoted && yaml.Scalar().find('.') != std::string::npos && yaml.as<double>() == *number;
  }
  return yaml.IsNull();
}

}  // namespace

TEST_CASE("hostile values come back from real readers", "[document]") {
  std::mt19937 random(20240717);
  for (int round = 0; round < 4000; ++round) {
    Value value = random_value(random, 4);
    std::string json = print_json(value), yaml = print_yaml(value, random_text(random));
    CAPTURE(json, yaml);
    REQUIRE(same(value, Json::parse(json)));
    REQUIRE(same(value, YAML::Load(yaml)));
    ParsedJson parsed = parse_json(json);
    REQUIRE(parsed.ok);
    REQUIRE(parsed.value == value);
    REQUIRE(print_json(parsed.value) == json);
  }
}

TEST_CASE("each hostile piece as key, value and comment", "[document]") {
  for (const std::string& piece : hostile_pieces()) {
    Value value = Value::object({{piece, piece}, {piece + "x", Value::array({piece, piece})}});
    CAPTURE(piece);
    CHECK(same(value, Json::parse(print_json(value))));
    CHECK(same(value, YAML::Load(print_yaml(value, piece))));
  }
}

TEST_CASE("a key that YAML would find too long", "[document]") {
  Value inner = Value::object({{std::string(3000, 'k'), 1}, {std::string(3000, '"'), Value::array({1})}});
  Value value = Value::object({{"a", inner}, {"b", Value::array({inner})}});
  CHECK(same(value, YAML::Load(print_yaml(value))));
}

TEST_CASE("bytes that are no text never make a malformed document", "[document]") {
  Value value = Value::array({"a\xFF", "\xE2\x82", "\xED\xA0\x80"});
  CHECK(Json::parse(print_json(value))[0] == "a\xEF\xBF\xBD");
  CHECK(YAML::Load(print_yaml(value))[1].Scalar() == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("layout of JSON", "[document]") {
  Value value = Value::object({{"name", "x"}, {"empty", Value::array()}, {"none", Value::object()}});
  value.set("short", Value::array({1, 2.5, true, nullptr == nullptr, "é"}))
      .set("nested", Value::array({Value::array({1})}));
  value.set("name", "y");
  CHECK(print_json(value) == R"({
  "name": "y",
  "empty": [],
  "none": {},
  "short": [1, 2.5, true, true, "é"],
  "nested": [
    [1]
  ]
}
)");
  Value longer = Value::array({std::string(60, 'a'), std::string(60, 'b')});
  CHECK(print_json(longer) == "[\n  \"" + std::string(60, 'a') + "\",\n  \"" + std::string(60, 'b') + "\"\n]\n");
}

TEST_CASE("layout of YAML", "[document]") {
  Value step = Value::object({{"name", "x"}, {"retries", 3}});
  Value value = Value::object(
      {{"steps", Value::array({step, step, Value::array({1, 2})})}, {"on", Value::object()}, {"a b", "yes"}});
  CHECK(print_yaml(value, "made by pipec\n\nfrom x") == R"(# made by pipec
#
# from x
steps:
  - name: "x"
    retries: 3
  - name: "x"
    retries: 3
  - - 1
    - 2
"on": {}
"a b": "yes"
)");
}

TEST_CASE("numbers keep their kind", "[document]") {
  CHECK(print_json(Value(1.0)) == "1.0\n");
  CHECK(print_json(Value(1e300)) == "1.0e+300\n");
  CHECK(print_json(Value(0.1)) == "0.1\n");
  CHECK(print_json(Value(std::numeric_limits<double>::infinity())) == "null\n");
  CHECK(print_json(Value(INT64_MIN)) == "-9223372036854775808\n");
  CHECK(print_json(Value(size_t{7})) == "7\n");
  CHECK(*parse_json("9007199254740993").value.integer() == 9007199254740993);
}

TEST_CASE("malformed JSON is an error, not an exception", "[document]") {
  for (const char* text : {"", "{", "[1,]", "{\"a\" 1}", "nul", "\"\xFF\"", "1 2", "{\"a\":}"}) {
    ParsedJson parsed = parse_json(text);
    CAPTURE(text);
    CHECK_FALSE(parsed.ok);
    CHECK_FALSE(parsed.error.empty());
  }
  CHECK(parse_json(std::string(900, '[') + std::string(900, ']')).ok);
  CHECK(parse_json(std::string(100000, '[')).error == "nested too deep");
}

TEST_CASE("a literal of Python is what Python reads", "[document]") {
  CHECK(python_literal(Value::object({{"a'b", Value::array({"\n", "{{x}}", true, 1, Value()})}})) ==
        R"({'a\'b': ['\u000a', '{{x}}', True, 1, None]})");
  // What Python makes of the literal against what it makes of the JSON, a pair of lines each.
  std::FILE* python = popen(
      "python3 -c 'import ast, json, sys; lines = sys.stdin.read().splitlines(); "
      "sys.exit(not all(ast.literal_eval(p) == json.loads(j) for p, j in zip(lines[::2], lines[1::2])) or not lines)'",
      "w");
  REQUIRE(python);
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random);
    // Each as the text itself and as a name; json's own escapes keep a text on its line.
    const Json json = {{text, text}};
    const std::string lines = python_literal(Value::object({{text, text}})) + "\n" +
                              json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
    std::fwrite(lines.data(), 1, lines.size(), python);
  }
  CHECK(pclose(python) == 0);
}
