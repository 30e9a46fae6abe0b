#include <fmt/format.h>

#include "artifact/document.h"
#include "artifact/scalar.h"

namespace pipec {
namespace {

class PythonPrinter {
 public:
  std::string print(const Value& value) {
    return std::visit([&](const auto& data) { return literal(data); }, value.data());
  }

 private:
  std::string literal(std::monostate) { return "None"; }
  std::string literal(bool flag) { return flag ? "True" : "False"; }
  std::string literal(int64_t number) { return fmt::format("{}", number); }
  std::string literal(double number) { return artifact::float_text(number); }

  std::string literal(const std::string& text) {
    std::string out = "'";
    for (std::string_view rest = text; !rest.empty();) {
      auto [value, bytes] = artifact::next_code_point(rest);
      if (value == '\'' || value == '\\') {
        out += '\\';
        out += bytes;
      } else if (value >= 0x20 && value < 0x7F) {
        out += bytes;
      } else {
        out += value <= 0xFFFF ? artifact::escaped('u', value, 4) : artifact::escaped('U', value, 8);
      }
    }
    return out + "'";
  }

  std::string literal(const Value::Array& items) {
    std::string out = "[";
    for (const Value& item : items) out += fmt::format("{}{}", out.size() > 1 ? ", " : "", print(item));
    return out + "]";
  }

  std::string literal(const Value::Object& members) {
    std::string out = "{";
    for (const auto& [key, value] : members) {
      out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", literal(key), print(value));
    }
    return out + "}";
  }
};

}  // namespace

std::string python_literal(const Value& value) {
  return PythonPrinter().print(value);
}

}  // namespace pipec
