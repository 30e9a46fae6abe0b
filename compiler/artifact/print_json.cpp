#include <fmt/format.h>

#include "artifact/document.h"
#include "artifact/scalar.h"

namespace pipec {
namespace {

constexpr size_t kOneLine = 100;

class JsonPrinter {
 public:
  std::string take() { return std::move(out_); }

  void print(const Value& value, size_t indent) {
    std::visit([&](const auto& data) { print_data(data, indent); }, value.data());
  }

  void end_line() { out_ += '\n'; }

 private:
  void print_data(std::monostate, size_t) { out_ += "null"; }
  void print_data(bool flag, size_t) { out_ += flag ? "true" : "false"; }
  void print_data(int64_t number, size_t) { out_ += fmt::format("{}", number); }
  void print_data(double number, size_t) { out_ += artifact::float_text(number); }

  void print_data(const std::string& text, size_t) {
    out_ += '"';
    for (std::string_view rest = text; !rest.empty();) {
      auto [value, bytes] = artifact::next_code_point(rest);
      switch (value) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default:
          if (value < 0x20 || value == 0x7F) {
            out_ += artifact::escaped('u', value, 4);
          } else {
            out_ += bytes;
          }
      }
    }
    out_ += '"';
  }

  void print_data(const Value::Array& items, size_t indent) {
    if (items.empty()) {
      out_ += "[]";
      return;
    }
    if (print_on_one_line(items, indent)) return;
    out_ += '[';
    for (size_t i = 0; i < items.size(); ++i) {
      new_line(i, indent + 2);
      print(items[i], indent + 2);
    }
    close(']', indent);
  }

  void print_data(const Value::Object& members, size_t indent) {
    if (members.empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    for (size_t i = 0; i < members.size(); ++i) {
      new_line(i, indent + 2);
      print_data(members[i].first, indent + 2);
      out_ += ": ";
      print(members[i].second, indent + 2);
    }
    close('}', indent);
  }

  // Printed at once and taken back when it turns out to be too long.
  bool print_on_one_line(const Value::Array& items, size_t indent) {
    size_t begin = out_.size();
    out_ += '[';
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ", ";
      bool scalar = !items[i].items() && !items[i].members();
      if (scalar) print(items[i], indent);
      if (!scalar || out_.size() - begin > kOneLine) {
        out_.resize(begin);
        return false;
      }
    }
    out_ += ']';
    return true;
  }

  void new_line(size_t index, size_t indent) {
    out_ += index == 0 ? "\n" : ",\n";
    out_.append(indent, ' ');
  }

  void close(char bracket, size_t indent) {
    out_ += '\n';
    out_.append(indent, ' ');
    out_ += bracket;
  }

  std::string out_;
};

}  // namespace

std::string print_json(const Value& value) {
  JsonPrinter printer;
  printer.print(value, 0);
  printer.end_line();
  return printer.take();
}

}  // namespace pipec
