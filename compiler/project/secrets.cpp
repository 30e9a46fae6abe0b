#include "project/secrets.h"

#include <algorithm>

namespace pipec::project {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (is_upper(c)) c += 'a' - 'A';
  }
  return result;
}

// "apiTokenUrl" and "api_token-url" have the parts api, token, url.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < name.size(); ++i) {
    bool separates = !is_letter(name[i]) && !is_digit(name[i]);
    bool hump = is_upper(name[i]) && i > 0 && !is_upper(name[i - 1]);
    if ((separates || hump) && !parts.back().empty()) parts.emplace_back();
    if (!separates) parts.back() += lower(name.substr(i, 1));
  }
  return parts;
}

size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

// From `begin` to the end of its line, and the lines below that are indented more than its own.
size_t end_of_value(std::string_view text, size_t begin) {
  size_t line_begin = text.rfind('\n', begin);
  line_begin = line_begin == std::string_view::npos ? 0 : line_begin + 1;
  size_t own = indentation(text.substr(line_begin));
  size_t end = std::min(text.find('\n', begin), text.size());
  while (end < text.size()) {
    size_t next_end = std::min(text.find('\n', end + 1), text.size());
    std::string_view next = text.substr(end + 1, next_end - end - 1);
    bool blank = indentation(next) == next.size();
    if (!blank && indentation(next) <= own) break;
    end = next_end;
  }
  return end;
}

void blot(std::string& text, size_t begin, size_t end) {
  for (size_t at = begin; at < std::min(end, text.size()); ++at) {
    if (text[at] != '\n' && text[at] != '\r' && text[at] != ' ' && text[at] != '\t') text[at] = '*';
  }
}

}  // namespace

bool is_secret_name(std::string_view name) {
  constexpr std::string_view kParts[] = {"password",   "passwd",      "pwd",        "pass",     "passphrase",
                                         "passcode",   "secret",      "secrets",    "token",    "tokens",
                                         "key",        "keys",        "apikey",     "pat",      "sas",
                                         "credential", "credentials", "privatekey", "signature"};
  for (const std::string& part : parts_of(name)) {
    if (std::find(std::begin(kParts), std::end(kParts), part) != std::end(kParts)) return true;
    if (part.ends_with("password") || part.ends_with("secret")) return true;
  }
  return false;
}

bool holds_credential(std::string_view value) {
  std::string folded = lower(value);
  for (std::string_view word : {"password=", "pwd=", "secret=", "token=", "accountkey=", "sig="}) {
    size_t at = folded.find(word);
    bool begins_word = at != std::string::npos && (at == 0 || !is_letter(folded[at - 1]));
    if (begins_word && at + word.size() < folded.size()) return true;
  }
  size_t scheme = folded.find("://");
  if (scheme == std::string::npos) return false;
  std::string_view authority = std::string_view(folded).substr(scheme + 3);
  authority = authority.substr(0, authority.find('/'));
  size_t at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
}

ReferenceForm reference_form(std::string_view value) {
  if (value.starts_with("env:")) {
    std::string_view name = value.substr(4);
    bool good = !name.empty() && !is_digit(name[0]) &&
                std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
    return good ? ReferenceForm::Good : ReferenceForm::Malformed;
  }
  if (value.starts_with("file:")) {
    std::string_view path = value.substr(5);
    size_t hash = path.find('#');
    bool good = path.starts_with('/') && hash != std::string_view::npos && hash > 1 && hash + 1 < path.size() &&
                path.find('#', hash + 1) == std::string_view::npos &&
                std::none_of(path.begin(), path.end(), [](char c) {
                  return static_cast<unsigned char>(c) <= ' ' || c == ':' || c == '$' || c == '{' || c == '}';
                });
    return good ? ReferenceForm::Good : ReferenceForm::Malformed;
  }
  return ReferenceForm::None;
}

std::string blot_out(std::string_view text, const std::vector<Span>& secrets) {
  std::string result(text);
  for (Span secret : secrets) {
    size_t rest = std::min(text.find_first_not_of(" \t\r", secret.end), text.size());
    bool ends_line = rest == text.size() || text[rest] == '\n';
    // A block scalar, or a plain one folded over lines, goes on below; its span knows the first line only.
    blot(result, secret.begin, ends_line ? end_of_value(text, secret.begin) : secret.end);
  }
  return result;
}

std::string blot_out_by_name(std::string_view text) {
  std::string result(text);
  for (size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      ++at;
      continue;
    }
    size_t begin = at;
    while (at < text.size() && is_word(text[at])) ++at;
    if (!is_secret_name(text.substr(begin, at - begin))) continue;
    size_t after = text.find_first_not_of(" \t\"'", at);
    if (after == std::string_view::npos || (text[after] != ':' && text[after] != '=')) continue;
    size_t end = end_of_value(text, after);
    blot(result, after + 1, end);
    at = end;
  }
  for (size_t line = 0; line < text.size();) {
    size_t end = std::min(text.find('\n', line), text.size());
    if (holds_credential(text.substr(line, end - line))) blot(result, line, end);
    line = end + 1;
  }
  return result;
}

}  // namespace pipec::project
