#include <fmt/format.h>

#include <algorithm>

#include "artifact/document.h"
#include "artifact/scalar.h"

namespace pipec {
namespace {

constexpr size_t kLongestSimpleKey = 1000;  // YAML allows 1,024 characters before the colon

// What a YAML reader takes as it is between quotes. Its line breaks include U+0085, U+2028 and U+2029.
bool is_printable(char32_t c) {
  if (c < 0xA0) return c >= 0x20 && c < 0x7F;
  if (c == 0x2028 || c == 0x2029 || c == 0xFEFF) return false;
  return (c & 0xFFFE) != 0xFFFE;
}

void append_escaped(std::string& out, char32_t c) {
  if (c < 0x100) {
    out += artifact::escaped('x', c, 2);
  } else if (c < 0x10000) {
    out += artifact::escaped('u', c, 4);
  } else {
    out += artifact::escaped('U', c, 8);
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    auto [value, bytes] = artifact::next_code_point(text);
    if (value == '"' || value == '\\') {
      out += '\\';
      out += bytes;
    } else if (value == '\n') {
      out += "\\n";
    } else if (value == '\t') {
      out += "\\t";
    } else if (is_printable(value)) {
      out += bytes;
    } else {
      append_escaped(out, value);
    }
  }
  return out += '"';
}

// Words of ASCII letters that no reader turns into a boolean or null.
bool is_safe_word(std::string_view key) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  if (key.empty() || key.size() > 100 || !letter(key[0]) || !std::all_of(key.begin(), key.end(), part)) return false;
  std::string lower(key);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  constexpr std::string_view kWords[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  return std::find(std::begin(kWords), std::end(kWords), lower) == std::end(kWords);
}

class YamlPrinter {
 public:
  void add_comment(std::string_view comment) {
    while (!comment.empty()) {
      size_t end = std::min(comment.find('\n'), comment.size());
      std::string_view line = comment.substr(0, end);
      out_ += line.empty() ? "#" : "# ";
      while (!line.empty()) {
        auto [value, bytes] = artifact::next_code_point(line);
        if (is_printable(value)) {
          out_ += bytes;
        } else {
          append_escaped(out_, value);
        }
      }
      out_ += '\n';
      comment.remove_prefix(std::min(end + 1, comment.size()));
    }
  }

  void add_document(const Value& value) {
    if (is_block(value)) {
      add_block(value, 0);
    } else {
      out_ += scalar(value) + '\n';
    }
  }

  std::string take() { return std::move(out_); }

 private:
  static bool is_block(const Value& value) {
    return (value.items() && !value.items()->empty()) || (value.members() && !value.members()->empty());
  }

  static std::string scalar(const Value& value) {
    struct Printer {
      std::string operator()(std::monostate) const { return "null"; }
      std::string operator()(bool flag) const { return flag ? "true" : "false"; }
      std::string operator()(int64_t number) const { return fmt::format("{}", number); }
      std::string operator()(double number) const { return artifact::float_text(number); }
      std::string operator()(const std::string& text) const { return quoted(text); }
      std::string operator()(const Value::Array&) const { return "[]"; }
      std::string operator()(const Value::Object&) const { return "{}"; }
    };
    return std::visit(Printer(), value.data());
  }

  // Begins where the cursor stands, at column `indent`; ends at the begin of a line.
  void add_block(const Value& value, size_t indent) {
    bool first = true;
    auto begin_line = [&] {
      if (!first) out_.append(indent, ' ');
      first = false;
    };
    if (const Value::Array* items = value.items()) {
      for (const Value& item : *items) {
        begin_line();
        out_ += "- ";
        if (is_block(item)) {
          add_block(item, indent + 2);
        } else {
          out_ += scalar(item) + '\n';
        }
      }
      return;
    }
    for (const auto& [key, member] : *value.members()) {
      begin_line();
      std::string name = is_safe_word(key) ? key : quoted(key);
      if (name.size() > kLongestSimpleKey) {
        out_ += "? " + name + '\n';
        out_.append(indent, ' ');
        name.clear();
      }
      out_ += name + ':';
      if (is_block(member)) {
        out_ += '\n';
        out_.append(indent + 2, ' ');
        add_block(member, indent + 2);
      } else {
        out_ += ' ' + scalar(member) + '\n';
      }
    }
  }

  std::string out_;
};

}  // namespace

std::string print_yaml(const Value& value, std::string_view comment) {
  YamlPrinter printer;
  printer.add_comment(comment);
  printer.add_document(value);
  return printer.take();
}

}  // namespace pipec
