#include <nlohmann/json.hpp>

#include "artifact/document.h"

namespace pipec {
namespace {

constexpr size_t kDeepest = 1000;

// Builds a Value while the text is read; the members' order and the integers' 64 bits are kept.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Value result;
  std::string error;

  bool null() override { return add(Value()); }
  bool boolean(bool value) override { return add(Value(value)); }
  bool number_integer(number_integer_t value) override { return add(Value(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return value <= INT64_MAX ? add(Value(value)) : add(Value(static_cast<double>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(Value(value)); }
  bool string(string_t& value) override { return add(Value(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Value::object()); }
  bool key(string_t& value) override {
    keys_.back() = std::move(value);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(Value::array()); }
  bool end_array() override { return close(); }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& problem) override {
    error = problem.what();
    return false;
  }

 private:
  bool open(Value value) {
    if (open_.size() == kDeepest) {
      error = "nested too deep";
      return false;
    }
    open_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(value));
  }

  bool add(Value value) {
    if (open_.empty()) {
      result = std::move(value);
    } else if (open_.back().items()) {
      open_.back().push(std::move(value));
    } else {
      open_.back().add(std::move(keys_.back()), std::move(value));
    }
    return true;
  }

  std::vector<Value> open_;
  std::vector<std::string> keys_;  // of each open object, the member being read
};

}  // namespace

ParsedJson parse_json(std::string_view text) {
  Builder builder;
  ParsedJson parsed;
  parsed.ok = nlohmann::json::sax_parse(text, &builder);
  if (parsed.ok) {
    parsed.value = std::move(builder.result);
  } else {
    parsed.error = std::move(builder.error);
  }
  return parsed;
}

}  // namespace pipec
