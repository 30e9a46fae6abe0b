// Artifacts are documents of values, never text glued together: each kind of document has one printer, and only a
// printer quotes.
#pragma once

#include <concepts>
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
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T v) : data_(static_cast<int64_t>(v)) {}
  Value(double v) : data_(v) {}
  Value(const char* v) : data_(std::string(v)) {}
  Value(std::string_view v) : data_(std::string(v)) {}
  Value(std::string v) : data_(std::move(v)) {}
  static Value array(Array items = {}) { return Value(Data(std::move(items))); }
  static Value object(Object members = {}) { return Value(Data(std::move(members))); }

  /// Of an object: replaces or appends; `add` is for a key that is known to be new. Null becomes an object.
  Value& set(std::string key, Value value);
  Value& add(std::string key, Value value);
  /// Of an array. Null becomes an array.
  Value& push(Value value);

  /// nullptr when the value is of another kind, or has no such member.
  const Value* find(std::string_view key) const;
  const Object* members() const { return std::get_if<Object>(&data_); }
  const Array* items() const { return std::get_if<Array>(&data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }
  const int64_t* integer() const { return std::get_if<int64_t>(&data_); }

  friend bool operator==(const Value&, const Value&) = default;

  using Data = std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object>;
  const Data& data() const { return data_; }

 private:
  explicit Value(Data data) : data_(std::move(data)) {}
  Data data_;
};

/// Two-space indent, one member a line, short arrays of scalars on one line; non-ASCII as it is, control
/// characters escaped; ends with a newline.
std::string print_json(const Value& value);
/// Block style; every string in double quotes (YAML 1.1 readers turn bare words into booleans, numbers, dates), only
/// keys that are safe words are bare. `comment` lines open the file.
std::string print_yaml(const Value& value, std::string_view comment = {});

/// A literal of Python on one line: every string in single quotes, all that is not plain ASCII escaped.
std::string python_literal(const Value& value);

/// A parsed JSON text, for pipec's own files. ok is false with `error` set if it is malformed or nested more than
/// 1,000 deep.
struct ParsedJson {
  bool ok = false;
  Value value;
  std::string error;
};
ParsedJson parse_json(std::string_view text);

}  // namespace pipec
