// Artifacts are documents of values, never text glued together: each kind of document has one printer, and only a
// printer quotes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pipec {

/// A JSON-like value; members keep the order in which they were added.
class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<std::pair<std::string, Value>>;

  Value() = default;  // null
  Value(bool v) : data_(v) {}
  Value(int v) : data_(static_cast<int64_t>(v)) {}
  Value(int64_t v) : data_(v) {}
  Value(double v) : data_(v) {}
  Value(const char* v) : data_(std::string(v)) {}
  Value(std::string_view v) : data_(std::string(v)) {}
  Value(std::string v) : data_(std::move(v)) {}
  static Value array(Array items = {}) { return Value(Data(std::move(items))); }
  static Value object(Object members = {}) { return Value(Data(std::move(members))); }

  Value& set(std::string key, Value value);  // of an object: replaces or appends
  Value& push(Value value);                  // of an array
  const Value* find(std::string_view key) const;

  using Data = std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object>;
  const Data& data() const { return data_; }

 private:
  explicit Value(Data data) : data_(std::move(data)) {}
  Data data_;
};

/// Two-space indent, one member a line, short arrays of scalars on one line; non-ASCII as it is, control
/// characters escaped; ends with a newline.
std::string print_json(const Value& value);
/// Block style; every string in double quotes (YAML 1.1 readers turn bare words into booleans, numbers, dates).
/// `comment` lines open the file.
std::string print_yaml(const Value& value, std::string_view comment = {});

/// A parsed JSON text, for pipec's own files. ok is false with `error` set if it is malformed.
struct ParsedJson {
  bool ok = false;
  Value value;
  std::string error;
};
ParsedJson parse_json(std::string_view text);

}  // namespace pipec
